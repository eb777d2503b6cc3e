/** Where a browser remembers that files were made for it. */
export const FILES_KEPT = 'outlay.exports';

/** Give the reader a file that was made here. */
export function keep(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
