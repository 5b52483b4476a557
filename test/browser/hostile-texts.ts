/** Records that a payload was executed; each has its own number. */
const run = (at: number) => `window.noted&&window.noted.executed.push(String(${at}))`;

const SHAPES: readonly ((code: string) => string)[] = [
  (code) => `<script>${code}</script>`,
  (code) => `<img src=x onerror="${code}">`,
  (code) => `<svg onload="${code}">`,
  (code) => `"><img src=x onerror='${code}'>`,
  (code) => `'><svg/onload=${code}>`,
  (code) => `<iframe srcdoc="<script>parent.${code}</script>"></iframe>`,
  (code) => `<a href="javascript:${code}">x</a>`,
  (code) => `javascript:${code}`,
  (code) => `[x](javascript:${code})`,
  (code) => `![x](x" onerror="${code})`,
  (code) => `</textarea><script>${code}</script>`,
  (code) => `</title><script>${code}</script>`,
  (code) => `<style>@import 'javascript:${code}'</style>`,
  (code) => `<math><mtext></mtext><mglyph><style></math><img src onerror=${code}>`,
  (code) => `<details open ontoggle="${code}">`,
  (code) => `<body onload="${code}">`,
  (code) => `<input autofocus onfocus="${code}">`,
  (code) => `<video><source onerror="${code}"></video>`,
  (code) => `<template><script>${code}</script></template>`,
  (code) => `<object data="data:text/html,<script>parent.${code}</script>"></object>`,
  (code) => `{{constructor.constructor('${code}')()}}`.replace(/[{}]/g, '%'),
  (code) => `\${${code}}`,
  (code) => `<form action="javascript:${code}"><button autofocus>x</button></form>`,
  (code) => `<base href="javascript:${code}//">`,
  (code) => `<meta http-equiv="refresh" content="0;url=javascript:${code}">`,
];

/** Texts that would run if anything treated them as markup, an address or code. */
export function hostileTexts(count: number): string[] {
  return Array.from({ length: count }, (_, at) => {
    const shape = SHAPES[at % SHAPES.length] as (code: string) => string;
    return shape(run(at));
  });
}
