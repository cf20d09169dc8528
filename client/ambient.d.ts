// What Vite makes of imports that end in a query.
declare module '@grove/wasm/*?url' {
  const url: string;
  export default url;
}
declare module '*?worker&url' {
  const url: string;
  export default url;
}
