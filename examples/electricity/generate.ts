import { parseArgs } from 'node:util';
import { pathToFileURL } from 'node:url';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * Half-hours of a made-up electricity market, in the columns of the Electricity (elec2) data: will the price of the
 * next half-hour lie above the mean of the last day? Nothing here is taken from those data; what drifts is what
 * drifts in a real market: the seasons, the level of prices that wanders and now and then jumps, and the day on which
 * the line to the neighbour opens (until then its columns are constant, which is a trap for careless scaling).
 *
 *   npx tsx examples/electricity/generate.ts --rows 20000 --seed 7 > electricity.csv
 */

const halfHoursADay = 48;
const neighbourOpensAt = 6_000;
/** Mean time between two jumps of the market, in rows; each changes what a given demand costs. */
const jumpEvery = 4_000;
const days = ['1', '2', '3', '4', '5', '6', '7'] as const;

const clamp = (x: number) => Math.min(1, Math.max(0, x));
const round = (x: number) => Math.round(x * 1e6) / 1e6;

/** Demand over a day: a morning and a higher evening, less at the weekend. */
const shape = (period: number, day: number): number => {
  const hump = (at: number, width: number) => Math.exp(-(((period - at) / width) ** 2));
  return (0.5 * hump(0.36, 0.12) + 0.75 * hump(0.77, 0.13)) * (day >= 6 ? 0.7 : 1);
};

export type Market = { level: number; slope: number; pull: number };
/** A new regime: base price, how much demand costs, how much the neighbour's price pulls. */
const newMarket = (uniform: () => number): Market => ({
  level: 0.02 + 0.05 * uniform(),
  slope: 0.06 + 0.2 * uniform(),
  pull: uniform() - 0.4,
});

/** Half-hours without end; the same seed gives the same market. */
export function* simulate({ seed }: { seed: number }) {
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  let market = newMarket(uniform);
  let [weather, neighbourWeather, excess] = [0, 0, 0];
  const lastDay: number[] = [];

  for (let index = 0; ; index += 1) {
    if (uniform() < 1 / jumpEvery) market = newMarket(uniform);
    const slot = index % halfHoursADay;
    const day = (Math.floor(index / halfHoursADay) + 1) % 7;
    const period = round(slot / (halfHoursADay - 1));
    const season = Math.cos((2 * Math.PI * index) / (365 * halfHoursADay));
    weather = 0.995 * weather + 0.006 * normal();
    neighbourWeather =
      0.995 * neighbourWeather + 0.004 * normal() + 0.1 * (weather - neighbourWeather) * 0.01;
    excess = 0.97 * excess + 0.004 * normal();

    const demand = clamp(0.25 + 0.5 * shape(period, day) + 0.06 * season + weather);
    const isOpen = index >= neighbourOpensAt;
    const neighbourDemand = isOpen
      ? clamp(0.3 + 0.4 * shape(period, day) - 0.05 * season + neighbourWeather)
      : 0.42;
    const neighbourPrice = isOpen
      ? Math.max(0, 0.003 + 0.02 * (neighbourDemand - 0.3) + 0.3 * excess)
      : 0.0035;
    const transfer = isOpen ? clamp(0.5 + 0.6 * (neighbourDemand - demand) + 0.05 * normal()) : 0.415;
    const price = Math.max(
      0,
      market.level +
        market.slope * (demand - 0.25) ** 2 +
        (isOpen ? market.pull * 2 * neighbourPrice : 0) +
        excess +
        0.004 * normal(),
    );
    const mean = lastDay.length === 0 ? price : lastDay.reduce((a, b) => a + b, 0) / lastDay.length;
    lastDay.push(price);
    if (lastDay.length > halfHoursADay) lastDay.shift();
    const isUp = price + 0.002 * normal() > mean;
    yield {
      row: {
        day: days[(day + 6) % 7]!,
        period,
        nswprice: round(price),
        nswdemand: round(demand),
        vicprice: round(neighbourPrice),
        vicdemand: round(neighbourDemand),
        transfer: round(transfer),
      },
      label: isUp ? 'UP' : 'DOWN',
    };
  }
}

/** The same as a CSV file, in the columns and codes of the original. */
export function* csvLines({ rows, seed }: { rows: number; seed: number }): Generator<string> {
  yield 'date,day,period,nswprice,nswdemand,vicprice,vicdemand,transfer,class';
  let index = 0;
  for (const { row, label } of simulate({ seed })) {
    if (index >= rows) return;
    const date = round(index / rows);
    const { day, period, nswprice, nswdemand, vicprice, vicdemand, transfer } = row;
    const cells = [date, day, period, nswprice, nswdemand, vicprice, vicdemand, transfer];
    yield `${cells.join(',')},${label === 'UP' ? 1 : 0}`;
    index += 1;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values } = parseArgs({
    options: { rows: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' } },
  });
  for (const line of csvLines({ rows: Number(values.rows), seed: Number(values.seed) })) {
    process.stdout.write(`${line}\n`);
  }
}
