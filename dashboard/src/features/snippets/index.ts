export { parseSnippetSearch, parseSnippetsSearch } from './snippets-search';
