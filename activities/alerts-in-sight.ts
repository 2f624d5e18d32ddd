import type { AlertRow, FiringAlert } from '../domain/ports.ts';
import type { AlertInSight } from '../monitors/choose-trigger.ts';

/**
 * Every alert that is known to fire: what Prometheus says now, and what was signalled since the last look and is not
 * over by now, as its row says. Known by its row (fingerprint, startsAt) where a webhook has brought one.
 */
export function alertsInSight(
  firing: readonly FiringAlert[],
  rows: readonly AlertRow[],
  signalled: readonly AlertRow[],
): AlertInSight[] {
  const open = rows.filter(({ status }) => status === 'firing');
  const isOpen = (alert: AlertRow) =>
    open.some((r) => r.fingerprint === alert.fingerprint && r.startsAt === alert.startsAt);
  const found = firing.map((alert): AlertInSight => {
    const row = open.find((r) => isSame(r, alert));
    return row === undefined ? alert : { ...alert, fingerprint: row.fingerprint, activeAt: row.startsAt };
  });
  const onlySignalled = signalled
    .filter((row) => isOpen(row) && !firing.some((alert) => isSame(row, alert)))
    .map(({ alertname, labels, annotations, startsAt, fingerprint }): AlertInSight => ({
      alertname,
      labels,
      annotations,
      activeAt: startsAt,
      fingerprint,
    }));
  return [...found, ...onlySignalled];
}

/** Alertmanager may add labels of its own; those that the rule gave must agree. */
const isSame = (row: AlertRow, alert: FiringAlert): boolean =>
  row.alertname === alert.alertname &&
  Object.entries(alert.labels).every(([name, value]) => (row.labels[name] ?? value) === value);
