import * as client from 'openid-client';
import { DriftloopError, ourError } from '../../domain/errors.ts';
import type { TeamLogin } from '../../domain/team-login.ts';
import { readClaims } from './read-claims.ts';
import type { Claims } from './read-claims.ts';
import type { OidcSettings } from './settings.ts';

/** A login in the browser waits for it. */
const TIMEOUT_S = 10;

/** OpenID Connect: the authorization code flow with PKCE, state and nonce. */
export function connectTeamLogin(settings: OidcSettings): TeamLogin {
  const { issuer, clientId, clientSecret, redirectUri, scope } = settings;
  let found: Promise<client.Configuration> | null = null;
  const provider = (): Promise<client.Configuration> => {
    found ??= client
      .discovery(
        issuer,
        clientId,
        undefined,
        clientSecret === null ? client.None() : client.ClientSecretPost(clientSecret),
        // settings.ts lets nothing but this machine through without TLS.
        { timeout: TIMEOUT_S, execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [] },
      )
      .catch((cause: unknown) => {
        found = null;
        throw unreachable(issuer, cause);
      });
    return found;
  };

  return {
    async begin() {
      const config = await provider();
      const begun = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
      };
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri.href,
        scope,
        state: begun.state,
        nonce: begun.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(begun.verifier),
        code_challenge_method: 'S256',
      });
      return { address: address.href, begun };
    },

    async finish(query, { state, nonce, verifier }) {
      const config = await provider();
      const back = new URL(redirectUri);
      back.search = query.toString();
      try {
        const answer = await client.authorizationCodeGrant(config, back, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        return readClaims(await allClaims(config, answer), settings);
      } catch (error) {
        throw ourError(error) ?? failed(error);
      }
    },
  };

  /** Of the ID token, and where that says too little, of the userinfo endpoint. */
  async function allClaims(
    config: client.Configuration,
    answer: Awaited<ReturnType<typeof client.authorizationCodeGrant>>,
  ): Promise<Claims> {
    const claims = answer.claims()!;
    const isEnough = settings.nameClaim in claims && settings.rolesClaim in claims;
    if (isEnough || config.serverMetadata().userinfo_endpoint === undefined) return claims;
    return { ...claims, ...(await client.fetchUserInfo(config, answer.access_token, claims.sub)) };
  }
}

const unreachable = (issuer: URL, cause: unknown) =>
  new DriftloopError('DL_LOGIN_UNREACHABLE', `The login at ${issuer.host} does not answer.`, {
    fix: 'Try again in a moment, or come in with a token; DRIFTLOOP_OIDC_ISSUER says where the login is.',
    cause,
  });

const failed = (cause: unknown) => {
  const said =
    cause instanceof client.AuthorizationResponseError ? (cause.error_description ?? cause.error) : '';
  return new DriftloopError(
    'DL_LOGIN_FAILED',
    said === '' ? 'The login did not say who you are.' : `The login says: ${said}.`,
    { fix: 'Begin again.', cause },
  );
};
