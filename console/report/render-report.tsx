import { readFileSync } from 'node:fs';
import { ReportPage } from './report-page.tsx';
import type { ReportData } from './report-data.ts';

const style = (name: string): string => readFileSync(new URL(`../assets/${name}`, import.meta.url), 'utf8');

/** The report of a fine-tuning as one HTML file that needs no other and runs no script. */
export async function renderReport(data: ReportData): Promise<string> {
  const styles = `${style('console.css')}\n${style('report.css')}`;
  const page = <ReportPage data={data} styles={styles} />;
  return `<!doctype html>\n${await page}\n`;
}
