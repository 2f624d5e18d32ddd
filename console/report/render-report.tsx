import { ReportPage } from './report-page.tsx';
import type { ReportData } from './report-data.ts';
import { reportStyles } from './report-styles.ts';

/** The report of a fine-tuning as one HTML file that needs no other and runs no script. */
export async function renderReport(data: ReportData): Promise<string> {
  const page = <ReportPage data={data} styles={reportStyles()} />;
  return `<!doctype html>\n${await page}\n`;
}
