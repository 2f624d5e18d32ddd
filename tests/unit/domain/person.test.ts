import { expect, test } from 'vitest';
import {
  countPeople,
  everyModel,
  isSamePerson,
  mayDo,
  modelsWith,
  refuseUnlessMay,
  roles,
  rolesWith,
} from '../../../domain/person.ts';
import type { Person, Right, Role } from '../../../domain/person.ts';
import { caught } from '../../support/caught.ts';

const person = (role: Role, model = everyModel): Person => ({
  name: 'ada',
  via: 'token',
  grants: [{ role, model }],
});

test('the rights of each role, as the guide prints them', () => {
  const table: Record<Right, Role[]> = {
    view: ['viewer', 'labeller', 'operator', 'approver', 'admin'],
    teach: ['labeller', 'operator', 'approver', 'admin'],
    start: ['operator', 'admin'],
    pause: ['operator', 'approver', 'admin'],
    resume: ['operator', 'admin'],
    rollback: ['operator', 'approver', 'admin'],
    import: ['operator', 'admin'],
    decide: ['approver', 'admin'],
    audit: ['approver', 'admin'],
    force: ['admin'],
    apply: ['admin'],
    people: ['admin'],
    predict: ['admin', 'client'],
    feedback: ['admin', 'client'],
    alert: ['admin', 'client'],
  };
  for (const [right, expected] of Object.entries(table)) expect(rolesWith(right as Right)).toEqual(expected);
});

test('nobody but an admin can both start a run and let it through', () => {
  const both = roles.filter(
    (role) => mayDo(person(role), 'start', 'm') && mayDo(person(role), 'decide', 'm'),
  );
  expect(both).toEqual(['admin']);
});

test('a grant for one model is none for another, nor for the whole installation', () => {
  const ofOne = person('admin', 'churn');
  expect(mayDo(ofOne, 'decide', 'churn')).toBe(true);
  expect(mayDo(ofOne, 'decide', 'fraud')).toBe(false);
  expect(mayDo(ofOne, 'apply', everyModel)).toBe(false);
});

test('grants add up', () => {
  const ada: Person = {
    name: 'ada',
    via: 'oidc',
    grants: [
      { role: 'viewer', model: everyModel },
      { role: 'approver', model: 'churn' },
    ],
  };
  expect(mayDo(ada, 'view', 'fraud')).toBe(true);
  expect(mayDo(ada, 'decide', 'churn')).toBe(true);
  expect(mayDo(ada, 'decide', 'fraud')).toBe(false);
});

test('who is refused hears which roles would do', () => {
  const { code, message, fix } = caught(() => refuseUnlessMay(person('viewer', 'churn'), 'decide', 'churn'));
  expect(code).toBe('DL_FORBIDDEN');
  expect(message).toContain('ada has no role that may decide for churn');
  expect(fix).toContain('approver, admin');
});

test('who has the right for another model only hears for which', () => {
  const { code, message } = caught(() => refuseUnlessMay(person('approver', 'churn'), 'decide', 'fraud'));
  expect(code).toBe('DL_OTHER_MODEL');
  expect(message).toBe('ada may decide for churn; this concerns fraud.');
  expect(caught(() => refuseUnlessMay(person('admin', 'churn'), 'apply', everyModel)).code).toBe(
    'DL_OTHER_MODEL',
  );
});

test('a person stays the same however the name is written', () => {
  expect(isSamePerson('Ada@Example.org ', 'ada@example.org')).toBe(true);
  expect(isSamePerson('Ada  Lovelace', 'ada lovelace')).toBe(true);
  expect(isSamePerson('ada', 'bob')).toBe(false);
  expect(countPeople(['Ada', 'ada ', 'bob'])).toBe(2);
});

test('a right is theirs for the models of those roles that have it, once each', () => {
  const ada: Person = {
    ...person('viewer', 'meter'),
    grants: [
      { role: 'viewer', model: 'meter' },
      { role: 'operator', model: 'meter' },
      { role: 'client', model: 'churn' },
      { role: 'approver', model: 'plans' },
    ],
  };
  expect(modelsWith(ada, 'view')).toEqual(['meter', 'plans']);
  expect(modelsWith(ada, 'apply')).toEqual([]);
  expect(modelsWith(person('admin'), 'view')).toEqual([everyModel]);
});
