export { parsePricesSearch } from './prices/prices-search';
