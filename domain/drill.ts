/** The newest drills of a model's way back, as the audit log keeps them; times as RFC 3339. */
export type Drill = Readonly<{
  model: string;
  /** When it was last tried, and whether it was open. */
  at: string;
  isOpen: boolean;
  /** The newest one that found it open; null before the first. */
  latestOpen: Readonly<{ at: string; seconds: number }> | null;
}>;
