export { parseNewRolloutSearch, parseRolloutSearch, parseRolloutsSearch } from './rollouts-search';
