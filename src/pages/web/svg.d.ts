// The build bundles pictures as text.
declare module '*.svg' {
  const text: string;
  // eslint-disable-next-line no-restricted-syntax -- esbuild's text loader knows no other form
  export default text;
}
