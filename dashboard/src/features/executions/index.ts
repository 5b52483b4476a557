export { parseCompareSearch } from './compare/compare-search';
export { parseExecutionsSearch } from './executions-search';
