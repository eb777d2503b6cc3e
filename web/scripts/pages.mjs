// A page is one file, and the first paint of every page needs what all of them declare and nothing that they draw.
// `pages/NAME.tsx?page` is therefore the same file with its `page` alone.
import { parseSync, Visitor } from 'vite';

/** The `page` of a file and the imports that it names; what it may name is what it imports. */
export function declared(text, file) {
  const { program, errors } = parseSync(file, text);
  const { body } = program;
  const page = body.find((node) => node.type === 'ExportNamedDeclaration' && named(node).includes('page'));
  if (errors.length > 0 || !page) throw new Error(`${file} exports no page`);
  const used = new Set();
  new Visitor({ Identifier: ({ name }) => used.add(name) }).visit({ ...program, body: [page] });
  const own = body.filter((node) => node !== page).flatMap(named);
  const beside = own.find((name) => used.has(name));
  if (beside) throw new Error(`${file}: its page names ${beside}, which is drawn later; import it from another file`);
  const imports = body.filter(({ type, specifiers }) => {
    return type === 'ImportDeclaration' && specifiers.some(({ local }) => used.has(local.name));
  });
  return [...imports, page].map(({ start, end }) => text.slice(start, end)).join('\n');
}

/** The names that a statement of a module declares, exported or not. */
function named(node) {
  const { id, declarations = [] } = node.declaration ?? node;
  return [id, ...declarations.map((one) => one.id)].flatMap((one) => one?.name ?? []);
}

export function declaredPages() {
  return {
    name: 'declared-pages',
    enforce: 'pre',
    transform: {
      filter: { id: /[\\/]pages[\\/]\w+\.tsx\?page$/ },
      handler: (text, id) => ({ code: declared(text, id.replace(/\?.*/, '')), map: null }),
    },
  };
}
