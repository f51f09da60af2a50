// The product's API: for clients that send an access token.
import { Router } from "express";
import { createVerifier, TokenError } from "./verify.mjs";

/** What the product keeps for each organization. */
const projectsOf = (code) => [`Launch of ${code}`, `Budget of ${code}`];

export function api({ issuer, lookup }) {
  const verify = createVerifier({ issuer, lookup });
  const router = Router();

  router.use(async (request, response, next) => {
    const [scheme, token] = (request.get("authorization") ?? "").split(" ");
    if (scheme.toLowerCase() !== "bearer" || !token) return refuse(response, 401, "no_token");
    try {
      request.caller = await verify(token);
      next();
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      refuse(response, error.code.endsWith("_unavailable") ? 503 : 401, error.code);
    }
  });

  router.get("/me", (request, response) => {
    const { tenant, claims } = request.caller;
    response.json({ organization: tenant.name, code: tenant.code, sub: claims.sub });
  });

  // An organization's data is for tokens of its own app client alone.
  router.get("/organizations/:code/projects", (request, response) => {
    const { code } = request.caller.tenant;
    if (request.params.code !== code) return refuse(response, 403, "another_organization");
    response.json({ projects: projectsOf(code) });
  });

  return router;
}

function refuse(response, status, error) {
  if (status === 401) response.set("WWW-Authenticate", `Bearer error="${error}"`);
  response.status(status).json({ error });
}
