/** Times as the reader's clock shows them. `zone` is an IANA name; the browser tells it in a cookie. */

export type Clock = { now: number; zone: string };

const formatters = new Map<string, Intl.DateTimeFormat>();

function parts(ms: number, zone: string): Record<string, string> {
  let formatter = formatters.get(zone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formatters.set(zone, formatter);
  }
  return Object.fromEntries(formatter.formatToParts(ms).map(({ type, value }) => [type, value]));
}

/** Whether a name is a time zone that this runtime knows. */
export function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const hour = 3_600_000;
const msOf = (time: string | number): number => (typeof time === 'number' ? time : Date.parse(time));

/**
 * The shortest that is not ambiguous: `14:20:05` within the last hour, `14:20` today, `Tue 17 Nov, 14:20` this year,
 * else with the year.
 */
export function clockTime(time: string | number, { now, zone }: Clock): string {
  const then = msOf(time);
  const t = parts(then, zone);
  const today = parts(now, zone);
  const hourAndMinute = `${t['hour']}:${t['minute']}`;
  if (Math.abs(now - then) < hour) return `${hourAndMinute}:${t['second']}`;
  const date = `${t['weekday']} ${t['day']} ${t['month']}`;
  if (t['year'] !== today['year']) return `${date} ${t['year']}, ${hourAndMinute}`;
  return t['day'] === today['day'] && t['month'] === today['month']
    ? hourAndMinute
    : `${date}, ${hourAndMinute}`;
}

/** The time of day now: `14:20`. */
export function hourAndMinute({ now, zone }: Clock): string {
  const t = parts(now, zone);
  return `${t['hour']}:${t['minute']}`;
}

/** The same in UTC, for whoever compares with a log. */
export const utc = (time: string | number): string =>
  `${new Date(msOf(time)).toISOString().replace('T', ' ').slice(0, 19)} UTC`;

/** A tick of a time axis, for a step between ticks. */
export function tickTime(ms: number, stepMs: number, zone: string): string {
  const t = parts(ms, zone);
  if (stepMs < 60_000) return `${t['hour']}:${t['minute']}:${t['second']}`;
  if (stepMs < 24 * hour)
    return t['hour'] === '00' && t['minute'] === '00' && stepMs >= hour
      ? `${t['weekday']} ${t['day']}`
      : `${t['hour']}:${t['minute']}`;
  return `${t['weekday']} ${t['day']}${stepMs > 6 * 24 * hour ? ` ${t['month']}` : ''}`;
}

/** Milliseconds that the clock of a zone is ahead of UTC at a time. */
export function zoneOffset(ms: number, zone: string): number {
  const t = parts(ms, zone);
  const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
  const month = months.findIndex((m) => t['month']!.startsWith(m));
  const local = Date.UTC(
    Number(t['year']),
    month,
    Number(t['day']),
    Number(t['hour']),
    Number(t['minute']),
    Number(t['second']),
  );
  return local - Math.floor(ms / 1_000) * 1_000;
}
