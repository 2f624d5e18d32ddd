/** Which room may import which; a sentence for whoever breaks it. See docs/architecture.md. */
const rooms = [
  'domain',
  'statistics',
  'monitors',
  'training',
  'workflows',
  'activities',
  'serving',
  'console',
  'client',
  'infra',
  'cli',
];
const only = (room, allowed, comment, typesOf = []) => ({
  name: `${room}-looks-only-down`,
  comment,
  severity: 'error',
  from: { path: `^${room}/` },
  to: {
    path: `^(${rooms.filter((r) => r !== room && !allowed.includes(r) && !typesOf.includes(r)).join('|')})/`,
  },
});
const typesOnly = (room, of, comment) => ({
  name: `${room}-knows-${of}-by-type-only`,
  comment,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { path: `^${of}/`, dependencyTypesNot: ['type-only'] },
});
const pure = (room, allowedPackages, comment) => ({
  name: `${room}-is-pure`,
  comment,
  severity: 'error',
  from: { path: `^${room}/` },
  to: {
    dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'],
    pathNot: allowedPackages.map((p) => `node_modules/${p}/`),
  },
});
module.exports = {
  forbidden: [
    only('domain', [], 'domain/ is the words as types; it knows nobody.'),
    only('statistics', ['domain'], 'statistics/ is maths; it knows the words and nothing else.'),
    only(
      'monitors',
      ['domain', 'statistics'],
      'monitors/ find out; they reach the world through ports in domain/.',
    ),
    only(
      'training',
      ['domain', 'statistics', 'monitors'],
      'training/ knows tensors, not Kafka and not Postgres.',
    ),
    only(
      'workflows',
      ['domain', 'statistics', 'monitors'],
      'workflows/ are replayed: pure rooms, and types of activities.',
      ['activities'],
    ),
    typesOnly(
      'workflows',
      'activities',
      'Activity code in a workflow bundle breaks its replay: import type.',
    ),
    only(
      'activities',
      ['domain', 'statistics', 'monitors', 'training'],
      'activities/ reach the world through ports.',
    ),
    only(
      'serving',
      ['domain', 'statistics', 'monitors', 'training'],
      'serving/ reaches the world through ports.',
    ),
    only(
      'console',
      ['domain', 'statistics', 'monitors', 'training', 'workflows'],
      'console/ reaches the world through ports.',
    ),
    only(
      'infra',
      ['domain', 'statistics', 'monitors', 'training', 'workflows', 'activities'],
      'infra/ implements ports; cli/ introduces it to the others.',
    ),
    only('client', ['domain'], 'client/ is loaded by the services of others.'),
    typesOnly('client', 'domain', 'Of the words a client needs the types only: import type.'),
    pure('domain', ['zod'], 'domain/ imports zod at most.'),
    pure('statistics', ['cephes', 'pure-rand'], 'statistics/ imports libraries of mathematics only.'),
    pure('client', [], 'client/ runs wherever fetch does: no package and no node: module.'),
    pure('workflows', ['@temporalio'], 'A node: module or a package in workflow code breaks its replay.'),
    {
      name: 'no-circles',
      comment: 'Two files that import each other are one file, or want a third.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'product-knows-no-tests',
      comment: 'Tests import the product, never the other way round.',
      severity: 'error',
      from: { path: `^(${rooms.join('|')})/` },
      to: { path: '^tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
