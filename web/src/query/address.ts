/** An address: the question and how the page shows it. Everything a reload or Back must restore is in here. */
import {
  type CostQuery,
  DEFAULTS,
  type Fault,
  nearest,
  parseQuery,
  printWords,
  QUERY_WORDS,
  queryWords,
  type Words,
  words,
} from './query';

export type ChartForm = 'bars' | 'lines' | 'cumulative';
export const CHART_FORMS: readonly ChartForm[] = ['bars', 'lines', 'cumulative'];

export interface View {
  chart: ChartForm;
  tab: string;
  sel: string;
  why: string; // an open explanation: how it is cut, and the row it is of
}

export interface Address {
  query: CostQuery;
  view: View;
  faults: Fault[];
}

export const VIEW_DEFAULTS: View = { chart: 'bars', tab: '', sel: '', why: '' };
const VIEW_WORDS = ['chart', 'tab', 'sel', 'why'];

export function parseAddress(text: string): Address {
  const all = words(text);
  const { query, faults } = parseQuery(all);
  const view: View = { ...VIEW_DEFAULTS };
  for (const [word, value] of all) {
    if (QUERY_WORDS.includes(word)) continue;
    if (!VIEW_WORDS.includes(word)) faults.push(unknown(word, value));
    else if (word === 'chart') readChart(view, value, faults);
    else Object.assign(view, { [word]: value });
  }
  return { query, view, faults };
}

function unknown(word: string, value: string): Fault {
  return { word, value, nearest: nearest(word, [...QUERY_WORDS, ...VIEW_WORDS]), fellBack: '' };
}

function readChart(view: View, value: string, faults: Fault[]): void {
  const known = CHART_FORMS.find((form) => form === value);
  view.chart = known ?? VIEW_DEFAULTS.chart;
  if (!known) faults.push({ word: 'chart', value, nearest: nearest(value, CHART_FORMS), fellBack: view.chart });
}

export function printAddress(query: CostQuery, view: View): string {
  const all: Words = queryWords(query);
  for (const word of VIEW_WORDS) {
    const value = view[word as keyof View];
    if (value !== VIEW_DEFAULTS[word as keyof View]) all.push([word, value]);
  }
  return printWords(all);
}

/** The address of a page with a question changed in places, for links. */
export function href(path: string, change: Partial<CostQuery>, view: Partial<View> = {}): string {
  const text = printAddress({ ...DEFAULTS, ...change }, { ...VIEW_DEFAULTS, ...view });
  return text ? `${path}?${text}` : path;
}
