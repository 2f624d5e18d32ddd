/** A version as the registry knows it: immutable but for its role. */
export type VersionRole = 'champion' | 'challenger' | 'retired' | 'rejected';

export type Version = {
  model: string;
  /** `v1`, `v2`, … in order of registration. */
  version: string;
  number: number;
  /** sha256 over the artifact's files; the artifact store verifies it at load. */
  digest: string;
  role: VersionRole;
  /** The champion whose data and perhaps weights it descends from. */
  parent: string | null;
  runId: string | null;
  snapshotId: string | null;
  createdAt: string;
  /** When it first answered all traffic; null if it never did. Only such versions can be reused. */
  promotedAt: string | null;
  accuracyOnTest: number | null;
  /** Error rate on the first rows after it took over; what its regret is counted against. */
  referenceErrorRate: number | null;
  trainSeconds: number | null;
  /** Who put it past a gate that held, and why; left out where nobody did. It stays for ever. */
  forced?: Forced;
};

export type Forced = Readonly<{ by: string; because: string; runId: string }>;

/** Who answers what share of the traffic. A server never goes back to a smaller generation. */
export type Route = {
  model: string;
  generation: number;
  champion: { version: string; digest: string };
  challenger: { version: string; digest: string; share: number } | null;
  updatedAt: string;
};
