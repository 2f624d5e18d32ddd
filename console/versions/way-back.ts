import type { AuditLog } from '../../domain/audit.ts';
import type { Person } from '../../domain/person.ts';
import type { RouteStore } from '../../domain/ports.ts';
import { clockTime } from '../times.ts';
import type { Clock } from '../times.ts';
import { count, counted } from '../wording.ts';

/** Tries the way back, and goes it: the same as the commands do, in a process that can load versions. */
export interface WayBack {
  /** Loads and tests the version, and moves nothing. Its answer is in the audit log. */
  drill(person: Person, model: string, version: string): Promise<void>;
  /** The version answers everything again. */
  go(person: Person, model: string, version: string, reason: string): Promise<void>;
}

export type WayBackView = {
  /** The version that production would go back to; null where there is none. */
  to: string | null;
  /** The newest drill; null where none is known. */
  drill: DrillSeen | null;
  /** Whether this console can try and go it; otherwise the commands do. */
  isHere: boolean;
};

export type DrillSeen = Readonly<{
  at: string;
  target: string;
  by: string;
  seconds: number | null;
  recent: number;
  recorded: number;
  differing: number;
  /** The code of why it was broken; null where it is open. */
  refused: string | null;
}>;

/** Newest entries of the audit log among which a drill is looked for. */
const ENTRIES = 300;

/** The newest drill of a model, whatever came of it. */
export async function lastDrill(audit: Pick<AuditLog, 'list'>, model: string): Promise<DrillSeen | null> {
  const rows = await audit.list({ model, limit: ENTRIES });
  // Where there was nothing to go back to, nothing was tried.
  const row = rows.findLast(
    ({ action, refused }) => action === 'rollback drill' && refused !== 'DL_NO_EARLIER_CHAMPION',
  );
  if (row === undefined) return null;
  const number = (name: string): number => {
    const value = row.details?.[name];
    return typeof value === 'number' ? value : 0;
  };
  return {
    at: row.at,
    target: row.subject ?? '',
    by: row.by,
    seconds: row.details?.['seconds'] === undefined ? null : number('seconds'),
    recent: number('recent'),
    recorded: number('recorded'),
    differing: number('differing'),
    refused: row.refused,
  };
}

export async function readWayBack(
  { routes, audit }: { routes: Pick<RouteStore, 'previousChampion'>; audit: Pick<AuditLog, 'list'> },
  model: string,
  isHere: boolean,
): Promise<WayBackView> {
  const [to, drill] = await Promise.all([routes.previousChampion(model), lastDrill(audit, model)]);
  return { to, drill, isHere };
}

/** Where the way back leads, and how it did when it was last tried. */
export function sayWayBack({ to, drill }: WayBackView, model: string, clock: Clock): string {
  const leads =
    to === null
      ? 'No earlier champion served healthily: nothing is gone back to unless it is named.'
      : `The way back leads to ${to}.`;
  if (drill === null && to === null) return leads;
  if (drill === null)
    return `${leads} It was not tried yet: \`driftloop rollback drill ${model}\` does, and moves nothing.`;
  const when = clockTime(drill.at, clock);
  if (drill.refused !== null)
    return `${leads} Tried by ${drill.by} at ${when}, it was broken (${drill.refused}).`;
  const same =
    drill.recorded === 0
      ? ''
      : `, ${count(drill.recorded - drill.differing)} of ${count(drill.recorded)} as it did when it served`;
  return `${leads} Tried by ${drill.by} at ${when}: ${drill.target} could take over in ${drill.seconds ?? '?'} s, and answered ${counted(drill.recent + drill.recorded, 'row')}${same}.`;
}
