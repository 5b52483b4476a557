export { parseExperimentSearch, parseExperimentsSearch } from './experiments-search';
