/** What a monitor says. `unknown` is an answer of its own: no data is neither health nor drift. */
export type FindingLevel = 'steady' | 'suspected' | 'detected' | 'unknown';
