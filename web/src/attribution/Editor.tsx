import { useEffect, useRef } from 'react';
import { count } from '../format/format';
import type { Fault } from './ask';

interface EditorProps {
  file: string;
  text: string;
  line: number | null; // to be looked at
  faults: readonly Fault[];
  readOnly: boolean;
  onChange: (text: string) => void;
}

const LINE_PX = 20; // as the style has it

/** Plain text with its line numbers; lines with a fault are marked by sign and named below. */
export function Editor({ file, text, line, faults, readOnly, onChange }: EditorProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const lines = text.split('\n');
  const wrong = new Set(faults.map((fault) => fault.line));
  // biome-ignore lint/correctness/useExhaustiveDependencies: looks there when the place changes, not while typing
  useEffect(() => {
    const field = area.current;
    if (!field || line === null || line > lines.length) return;
    const before = lines.slice(0, line - 1);
    const start = before.join('\n').length + (before.length ? 1 : 0);
    field.focus({ preventScroll: true });
    field.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
    field.scrollTop = Math.max(0, line - 4) * LINE_PX;
  }, [file, line]);
  const numbers = lines.map((_, at) => (wrong.has(at + 1) ? `✖ ${at + 1}` : String(at + 1))).join('\n');
  return (
    <div className="editor">
      <pre ref={gutter} className="editor-lines" aria-hidden="true">
        {numbers}
      </pre>
      <textarea
        ref={area}
        className="editor-text"
        aria-label={`${file}, ${count(lines.length)} lines`}
        aria-invalid={faults.length > 0}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        readOnly={readOnly}
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
}
