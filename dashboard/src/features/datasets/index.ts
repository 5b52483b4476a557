export { parseDatasetSearch } from './dataset-search';
