export { parseChangesSearch } from './changes-search';
