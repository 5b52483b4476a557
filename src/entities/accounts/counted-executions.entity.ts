import { Column } from 'typeorm';

/** Sums over executions, each with the number of executions in it. Whole numbers, as strings of digits. */
export abstract class CountedExecutions {
  @Column('bigint')
  executions!: string;

  /** Counts executions that succeeded and whose latency is known. */
  @Column('bigint', { name: 'latency_count' })
  latencyCount!: string;

  @Column('bigint', { name: 'latency_sum_ms' })
  latencySumMs!: string;

  /** Those whose provider said how many there were. */
  @Column('bigint', { name: 'prompt_tokens_count' })
  promptTokensCount!: string;

  @Column('bigint', { name: 'prompt_tokens_sum' })
  promptTokensSum!: string;

  /** Those whose provider said how many there were. */
  @Column('bigint', { name: 'response_tokens_count' })
  responseTokensCount!: string;

  @Column('bigint', { name: 'response_tokens_sum' })
  responseTokensSum!: string;

  /** Those whose provider said how many there were. */
  @Column('bigint', { name: 'cached_prompt_tokens_count' })
  cachedPromptTokensCount!: string;

  @Column('bigint', { name: 'cached_prompt_tokens_sum' })
  cachedPromptTokensSum!: string;

  /** Those whose provider said how many there were. */
  @Column('bigint', { name: 'reasoning_tokens_count' })
  reasoningTokensCount!: string;

  @Column('bigint', { name: 'reasoning_tokens_sum' })
  reasoningTokensSum!: string;

  /** Executions whose cost is known. */
  @Column('bigint', { name: 'cost_count' })
  costCount!: string;

  /** Whole pico-dollars: more of them than a bigint holds. */
  @Column('numeric', { name: 'cost_sum_pico_usd' })
  costSumPicoUsd!: string;
}
