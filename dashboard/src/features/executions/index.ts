export { parseExecutionsSearch } from './executions-search';
