import { counterFamily, type FamilyReport, histogramFamily } from './metric-family.js';
import { ReportMerger, withoutGauges } from './merge-reports.js';
import { readFamily } from './read-family.js';

function processOf(models: readonly string[], mostSets = 2): FamilyReport[] {
  const family = counterFamily({
    name: 'calls_total',
    help: 'Calls.',
    labelNames: ['model'],
    mostSets,
    other: ['other'],
  });
  for (const model of models) family.with(model).value += 1;
  return [family.report()];
}

const valuesOf = (reports: readonly FamilyReport[]) =>
  Object.fromEntries(
    reports.flatMap(({ name, series }) =>
      series.map(({ labels, numbers }) => [[name, ...labels].join(' '), numbers]),
    ),
  );

describe('the reports of several processes', () => {
  it('are added up, series by series, bucket by bucket', () => {
    const report = (seconds: number) => {
      const family = histogramFamily({ name: 'time', help: 'Time.', bounds: [1] });
      family.with().observe(seconds);
      return [family.report(), ...processOf(['a'])];
    };
    expect(valuesOf(new ReportMerger().merge([report(0.5), report(3)]))).toEqual({
      time: [1, 1, 3.5],
      'calls_total a': [2],
    });
  });

  it('tell the largest or smallest where a sum would say nothing', () => {
    const gauge = (merge: 'max' | 'min', value: number) =>
      readFamily({ name: merge, help: '', type: 'gauge', merge }, [[[], value]]);
    const merged = new ReportMerger().merge([
      [gauge('max', 3), gauge('min', 3)],
      [gauge('max', 5), gauge('min', 5)],
    ]);
    expect(valuesOf(merged)).toEqual({ max: [5], min: [3] });
  });

  it('have no more names together than one may have, and keep them', () => {
    const merger = new ReportMerger();
    const merged = [processOf(['a', 'b']), processOf(['c', 'a'])];
    expect(valuesOf(merger.merge(merged))).toEqual({
      'calls_total a': [2],
      'calls_total b': [1],
      'calls_total other': [1],
    });
    // In either order b keeps its own name.
    expect(valuesOf(merger.merge(merged.toReversed()))).toEqual({
      'calls_total a': [2],
      'calls_total b': [1],
      'calls_total other': [1],
    });
  });

  it('leave what was counted behind when the process ends, and nothing else', () => {
    const gauge = readFamily({ name: 'rss', help: '', type: 'gauge' }, [[[], 3]]);
    expect(valuesOf(withoutGauges([gauge, ...processOf(['a'])]))).toEqual({ 'calls_total a': [1] });
  });
});
