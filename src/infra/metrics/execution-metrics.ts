import { type CounterSeries, counterFamily, type HistogramSeries, histogramFamily } from './metric-family.js';

/** The end of an attempt, with what is known of the call. Counts that the provider did not report are absent. */
export interface EndedAttempt {
  /** `succeeded`, or the class of the failure. */
  readonly outcome: string;
  readonly latencyMs: number | null | undefined;
  readonly firstTokenMs: number | null | undefined;
  readonly promptTokens: number | null | undefined;
  readonly responseTokens: number | null | undefined;
  readonly costUsd: number | null;
}

export interface CalledModel {
  readonly provider: string;
  readonly modelName: string;
}

export type CountedMode = 'sync' | 'async' | 'unknown';

/** Seconds. */
const CALL_BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const FIRST_TOKEN_BOUNDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10];
export const MOST_MODELS = 50;
export const MOST_TIMED_MODELS = 10;
export const MOST_ENDED_SETS = 100;
export const MOST_ATTEMPT_SETS = 48;
const MODEL = ['provider', 'model'];
const OTHER_MODEL = ['other', 'other'];
/** The label for an execution that ended before its model was looked up. */
const NO_MODEL: CalledModel = { provider: 'none', modelName: 'none' };

/** The series of one model. */
class ModelMetrics {
  readonly outcomes = new Map<string, CounterSeries>();
  readonly ended = new Map<string, CounterSeries>();
  readonly promptTokens: CounterSeries;
  readonly responseTokens: CounterSeries;
  readonly cost: CounterSeries;
  readonly duration: HistogramSeries;
  firstToken: HistogramSeries | null = null;

  constructor(
    metrics: ExecutionMetrics,
    readonly provider: string,
    readonly modelName: string,
  ) {
    this.promptTokens = metrics.tokens.with(provider, modelName, 'prompt');
    this.responseTokens = metrics.tokens.with(provider, modelName, 'response');
    this.cost = metrics.cost.with(provider, modelName);
    this.duration = metrics.durations.with(provider, modelName);
  }
}

/**
 * Counts ended executions and the calls made for them. A model met after the first fifty counts as `other`; in the two histograms, so does
 * one after the first ten.
 */
export class ExecutionMetrics {
  readonly ended = counterFamily({
    name: 'prompt_ledger_executions_total',
    help: 'Executions that are over. Provider and model are "none" of what ended without a call, "other" beyond the first models.',
    labelNames: ['status', 'mode', ...MODEL],
    mostSets: MOST_ENDED_SETS,
    other: [null, null, ...OTHER_MODEL],
  });
  readonly attempts = counterFamily({
    name: 'prompt_ledger_attempts_total',
    help: 'Calls to providers that are over, by how they ended.',
    labelNames: ['provider', 'outcome'],
    mostSets: MOST_ATTEMPT_SETS,
    other: ['other', null],
  });
  readonly checkedOutputs = counterFamily({
    name: 'prompt_ledger_checked_outputs_total',
    help: 'Answers that were checked against the schema of their response format, by whether they fit.',
    labelNames: ['valid'],
    mostSets: 2,
    other: ['false'],
  });
  readonly tokens = counterFamily({
    name: 'prompt_ledger_tokens_total',
    help: 'Tokens that providers counted.',
    labelNames: [...MODEL, 'kind'],
    mostSets: 2 * MOST_MODELS,
    other: [...OTHER_MODEL, null],
  });
  readonly cost = counterFamily({
    name: 'prompt_ledger_cost_usd_total',
    help: 'Cost of calls whose price is known, in US dollars.',
    labelNames: MODEL,
    mostSets: MOST_MODELS,
    other: OTHER_MODEL,
  });
  readonly durations = histogramFamily({
    name: 'prompt_ledger_call_duration_seconds',
    help: 'Time of calls to providers.',
    labelNames: MODEL,
    bounds: CALL_BOUNDS,
    mostSets: MOST_TIMED_MODELS,
    other: OTHER_MODEL,
  });
  readonly firstTokens = histogramFamily({
    name: 'prompt_ledger_time_to_first_token_seconds',
    help: 'Time from a call to the first piece of its answer, of calls that are streamed.',
    labelNames: MODEL,
    bounds: FIRST_TOKEN_BOUNDS,
    mostSets: MOST_TIMED_MODELS,
    other: OTHER_MODEL,
  });
  private readonly models = new Map<string, Map<string, ModelMetrics>>();
  private known = 0;
  private readonly rest = new ModelMetrics(this, ...(OTHER_MODEL as [string, string]));

  attemptEnded({ provider, modelName }: CalledModel, attempt: EndedAttempt): void {
    const model = this.getModelMetrics(provider, modelName);
    const { outcome, latencyMs, firstTokenMs, promptTokens, responseTokens, costUsd } = attempt;
    (model.outcomes.get(outcome) ?? this.addOutcome(model, provider, outcome)).value += 1;
    if (latencyMs != null) model.duration.observe(latencyMs / 1000);
    if (firstTokenMs != null) {
      model.firstToken ??= this.firstTokens.with(model.provider, model.modelName);
      model.firstToken.observe(firstTokenMs / 1000);
    }
    if (promptTokens != null) model.promptTokens.value += promptTokens;
    if (responseTokens != null) model.responseTokens.value += responseTokens;
    if (costUsd !== null) model.cost.value += costUsd;
  }

  outputChecked(isValid: boolean): void {
    this.checkedOutputs.with(String(isValid)).value += 1;
  }

  executionEnded(model: CalledModel | null, mode: CountedMode, status: string, count = 1): void {
    const { provider, modelName } = model ?? NO_MODEL;
    const { ended } = model === null ? this.rest : this.getModelMetrics(provider, modelName);
    const key = STATUS_KEYS[mode][status] ?? `${mode} ${status}`;
    const named = model === null ? `none ${key}` : key;
    let series = ended.get(named);
    if (series === undefined) {
      series = this.ended.with(status, mode, ...this.toNames(model));
      ended.set(named, series);
    }
    series.value += count;
  }

  private toNames(model: CalledModel | null): [string, string] {
    if (model === null) return [NO_MODEL.provider, NO_MODEL.modelName];
    const { provider, modelName } = this.getModelMetrics(model.provider, model.modelName);
    return [provider, modelName];
  }

  private addOutcome(model: ModelMetrics, provider: string, outcome: string): CounterSeries {
    const series = this.attempts.with(provider, outcome);
    // The `other` model is not cached, because its providers differ.
    if (model !== this.rest) model.outcomes.set(outcome, series);
    return series;
  }

  private getModelMetrics(provider: string, modelName: string): ModelMetrics {
    return this.models.get(provider)?.get(modelName) ?? this.addModel(provider, modelName);
  }

  private addModel(provider: string, modelName: string): ModelMetrics {
    if (this.known >= MOST_MODELS) return this.rest;
    this.known += 1;
    const model = new ModelMetrics(this, provider, modelName);
    const ofProvider = this.models.get(provider) ?? new Map<string, ModelMetrics>();
    this.models.set(provider, ofProvider.set(modelName, model));
    return model;
  }
}

/** Built once, so that counting builds no strings. */
const STATUS_KEYS: Readonly<Record<CountedMode, Readonly<Record<string, string>>>> = {
  sync: { succeeded: 'sync succeeded', failed: 'sync failed', canceled: 'sync canceled' },
  async: { succeeded: 'async succeeded', failed: 'async failed', canceled: 'async canceled' },
  unknown: { failed: 'unknown failed' },
};
