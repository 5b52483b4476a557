export { parseScorerSearch, parseScorersSearch } from './scorers-search';
