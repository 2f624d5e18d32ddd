import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/**
 * A web shop asks of every order: will it come back? At first dear orders that arrive late are the ones that return.
 * Then the shop takes a fee for the return of dear orders, and from that day it is the cheap ones that come back.
 * The orders themselves look as before: only what they mean has changed, so no look at the inputs can notice it.
 */

export const channels = ['web', 'app', 'store', 'partner'] as const;

/** The row of the simulation at which the shop changes its rules. */
export const driftAtRows = [2_400];

/** Share of orders for which nothing in the row explains what happened. */
const noise = 0.04;
const missing = { deliveryDays: 0.06, pastOrders: 0.03 };

type Order = { price: number; deliveryDays: number; pastOrders: number; channel: (typeof channels)[number] };
type Regime = { price: number; late: number; loyal: number; channel: Record<Order['channel'], number> };

/** What makes an order return: weights of the price, the lateness and the loyalty, each about one unit wide. */
const before: Regime = {
  price: 1.5,
  late: 1.3,
  loyal: -0.4,
  channel: { web: 0, app: 0.9, store: -0.9, partner: 0.2 },
};
const after: Regime = { ...before, price: -1.1, late: 1.5 };

const round = (x: number, digits: number) => Math.round(x * 10 ** digits) / 10 ** digits;

const returns = (order: Order, regime: Regime): boolean => {
  const price = (order.price - 80) / 30;
  const late = (order.deliveryDays - 4) / 1.8;
  const loyal = (order.pastOrders - 6) / 3.5;
  const score =
    regime.price * price + regime.late * late + regime.loyal * loyal + regime.channel[order.channel];
  return score > 0;
};

/** Orders without end. The same seed gives the same orders; row `driftAtRows[0]` is the first of the new world. */
export function* simulate({ seed }: { seed: number }) {
  const generator = xoroshiro128plus(seed);
  const uniform = () => (generator.next() >>> 0) / 2 ** 32;
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());

  for (let index = 0; ; index += 1) {
    const order: Order = {
      price: round(Math.max(5, 80 + 30 * normal()), 2),
      deliveryDays: round(Math.max(0.5, 4 + 1.8 * normal()), 1),
      pastOrders: Math.max(0, Math.round(6 + 3.5 * normal())),
      channel: channels[Math.floor(uniform() * channels.length)]!,
    };
    const basket = 1 + Math.floor(uniform() * 6);
    const isReturned = returns(order, index < driftAtRows[0]! ? before : after) !== uniform() < noise;
    yield {
      row: {
        price: order.price,
        deliveryDays: uniform() < missing.deliveryDays ? null : order.deliveryDays,
        pastOrders: uniform() < missing.pastOrders ? null : order.pastOrders,
        basket,
        channel: order.channel,
      },
      label: isReturned ? 'returned' : 'kept',
    };
  }
}
