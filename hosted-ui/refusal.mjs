// An error in the input, which the command prints in one line, without a stack trace.
export class Refusal extends Error {}
