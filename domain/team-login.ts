import type { Person } from './person.ts';

/** What a login that has begun needs again at its end; the browser keeps it meanwhile. */
export type LoginBegun = Readonly<{ state: string; nonce: string; verifier: string }>;

/** The team's own login (OpenID Connect). */
export interface TeamLogin {
  /** Where the browser goes to log in. */
  begin(): Promise<{ address: string; begun: LoginBegun }>;
  /**
   * Who has come back, from the query of the address that the browser came back to.
   *
   * @throws DL_LOGIN_FAILED, DL_LOGIN_WITHOUT_ROLE
   */
  finish(query: URLSearchParams, begun: LoginBegun): Promise<Person>;
}
