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

/**
 * How a challenger meets production. Shadow: the champion answers, and copies go to the challenger, whose answers are
 * dropped. Canary: it answers a share. Bake: it answers everything, and the champion stays loaded beside it.
 */
export const trialModes = ['shadow', 'canary', 'bake'] as const;
export type TrialMode = (typeof trialModes)[number];

/** A version on trial. `share` (0–1) is of the entities: copied in shadow, answered in a canary, 1 in bake. */
export type Trial = { version: string; share: number; mode: TrialMode };

/** What share of the traffic (0–1) a version on trial answers. */
export function answeredShare({ mode, share }: Pick<Trial, 'mode' | 'share'>): number {
  switch (mode) {
    case 'shadow':
      return 0;
    case 'canary':
      return share;
    case 'bake':
      return 1;
    default:
      return mode satisfies never;
  }
}

/** Who answers what share of the traffic. A server never goes back to a smaller generation. */
export type Route = {
  model: string;
  generation: number;
  champion: { version: string; digest: string };
  challenger: (Trial & { digest: string }) | null;
  updatedAt: string;
};

/** A version became champion: by a run, or (`runId` null) by somebody's hand. */
export type Takeover = Readonly<{
  version: string;
  at: string;
  by: string;
  because: string;
  runId: string | null;
}>;
