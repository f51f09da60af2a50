// Something the person who started the tool can put right: told in one line, without a stack trace.
export class Refusal extends Error {}
