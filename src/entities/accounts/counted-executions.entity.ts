import { Column } from 'typeorm';

/** Sums over executions, each with the number of executions that it covers. Whole numbers, as strings of digits. */
export abstract class CountedExecutions {
  @Column('bigint')
  executions!: string;

  /** The number of executions that succeeded and have a known latency. */
  @Column('bigint', { name: 'latency_count' })
  latencyCount!: string;

  @Column('bigint', { name: 'latency_sum_ms' })
  latencySumMs!: string;

  /** The number of executions whose provider reported this count. */
  @Column('bigint', { name: 'prompt_tokens_count' })
  promptTokensCount!: string;

  @Column('bigint', { name: 'prompt_tokens_sum' })
  promptTokensSum!: string;

  /** The number of executions whose provider reported this count. */
  @Column('bigint', { name: 'response_tokens_count' })
  responseTokensCount!: string;

  @Column('bigint', { name: 'response_tokens_sum' })
  responseTokensSum!: string;

  /** The number of executions whose provider reported this count. */
  @Column('bigint', { name: 'cached_prompt_tokens_count' })
  cachedPromptTokensCount!: string;

  @Column('bigint', { name: 'cached_prompt_tokens_sum' })
  cachedPromptTokensSum!: string;

  /** The number of executions whose provider reported this count. */
  @Column('bigint', { name: 'reasoning_tokens_count' })
  reasoningTokensCount!: string;

  @Column('bigint', { name: 'reasoning_tokens_sum' })
  reasoningTokensSum!: string;

  /** The number of executions with a known cost. */
  @Column('bigint', { name: 'cost_count' })
  costCount!: string;

  /** Whole pico-dollars, which may exceed a bigint. */
  @Column('numeric', { name: 'cost_sum_pico_usd' })
  costSumPicoUsd!: string;
}
