import { capital, number, rate } from './wording.ts';

/** Names that are no words. */
const names: Readonly<Record<string, string>> = {
  r2: 'R²',
  mae: 'MAE',
  rmse: 'RMSE',
  ece: 'ECE',
  chrf: 'chrF',
  macroF1: 'Macro F1',
  microF1: 'Micro F1',
};

/** `Accuracy`, `Macro F1`, `RMSE`: a metric as a reader says it. */
export const metricName = (name: string): string =>
  names[name] ?? capital(name.replaceAll(/([A-Z])/g, ' $1').toLowerCase());

/** The same inside a sentence: `accuracy`, `macro F1`, `RMSE`. */
export const metricInside = (name: string): string => {
  const said = metricName(name);
  return /^[A-Z][a-z]/.test(said) ? said.charAt(0).toLowerCase() + said.slice(1) : said;
};

/** A value of a metric: in the unit of the answers, or a rate. */
export const sayMetric = (name: string, value: number): string =>
  name === 'mae' || name === 'rmse' ? number(value) : rate(value);

/** The same of a difference: with its sign. */
export const sayMetricChange = (name: string, difference: number): string =>
  `${difference < 0 ? '' : '+'}${sayMetric(name, difference)}`;
