const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });

/** `1st`, `12th`, `22nd`: a place in a row. */
export const nth = (n: number): string => `${n}${endings[ordinals.select(n)] ?? 'th'}`;
