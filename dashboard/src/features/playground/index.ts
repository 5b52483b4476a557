export { parsePlaygroundSearch } from './playground-search';
