import { expect, test } from 'vitest';
import { shareFleet } from '../../../console/shared-fleet.ts';
import { DriftloopError } from '../../../domain/errors.ts';
import { view } from '../../fakes/console-views.ts';

/** A gathering that counts, and says in `labelled` the how many-th it was. */
function counted() {
  const time = { now: 0 };
  const asked = { fleet: 0, model: 0 };
  const problem: { now: Error | null } = { now: null };
  const gather = {
    async fleet() {
      asked.fleet += 1;
      if (problem.now !== null) throw problem.now;
      return [view({ name: 'a', labelled: asked.fleet })];
    },
    async model(name: string) {
      asked.model += 1;
      if (name !== 'a')
        throw new DriftloopError('DL_UNKNOWN_MODEL', 'There is none.', { fix: 'Declare it.', status: 404 });
      return view({ name, labelled: -1 });
    },
  };
  return { time, asked, problem, fleet: shareFleet(gather, () => time.now) };
}

test('what the stream has just looked at is what pages show: the rail, a list, a model', async () => {
  const { fleet, asked, time } = counted();
  await fleet.now();
  time.now += 900;
  expect((await fleet.within(1_000))[0]!.labelled).toBe(1);
  expect((await fleet.within(5_000))[0]!.labelled).toBe(1);
  expect((await fleet.model('a', 1_000)).labelled).toBe(1);
  expect(asked).toEqual({ fleet: 1, model: 0 });
});

test('what is older is gathered again, a model by itself, and each look of the stream is a new one', async () => {
  const { fleet, asked, time } = counted();
  await fleet.now();
  time.now += 1_000;
  expect((await fleet.model('a', 1_000)).labelled).toBe(-1);
  expect((await fleet.within(1_000))[0]!.labelled).toBe(2);
  expect((await fleet.now())[0]!.labelled).toBe(3);
  expect(asked).toEqual({ fleet: 3, model: 1 });
});

test('after something was done nobody sees what was before', async () => {
  const { fleet } = counted();
  await fleet.now();
  fleet.forget();
  expect((await fleet.within(5_000))[0]!.labelled).toBe(2);
});

test('a look that failed is not kept, and a model that the fleet lacks is asked for', async () => {
  const { fleet, problem } = counted();
  problem.now = new Error('away');
  await expect(fleet.now()).rejects.toThrow('away');
  problem.now = null;
  expect((await fleet.within(5_000))[0]!.labelled).toBe(2);
  await expect(fleet.model('b', 5_000)).rejects.toMatchObject({ code: 'DL_UNKNOWN_MODEL' });
});
