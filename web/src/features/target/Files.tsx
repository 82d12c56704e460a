import { Button } from 'antd'
import { useRef } from 'react'
import { useWrite } from '@/api/write'
import { fill, useLang } from '@/i18n'
import { ErrorPanel } from '@/pattern/state/states'
import { upload } from './api'

interface Kept {
  id: string
  name: string
}

/** Files that show what is said. They are kept when chosen and belong to the report when it is sent. */
export function Files({ files, onChange, most = 20 }: { files: Kept[]; onChange: (files: Kept[]) => void; most?: number }) {
  const { d } = useLang()
  const input = useRef<HTMLInputElement>(null)
  const add = useWrite(upload, (file) => onChange([...files, { id: file.id, name: file.name }]))
  return (
    <div className="field">
      <span className="field-label">{d.target.files}</span>
      <ul className="lacks">
        {files.map((f) => (
          <li key={f.id} className="spread">
            <span className="break">{f.name}</span>
            <button type="button" className="link-button" onClick={() => onChange(files.filter((other) => other.id !== f.id))} aria-label={`${d.application.detach} ${f.name}`}>
              {d.application.detach}
            </button>
          </li>
        ))}
      </ul>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={d.target.addFile}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) add.mutate(file)
          event.target.value = ''
        }}
      />
      {files.length < most && (
        <div>
          <Button size="small" disabled={add.isPending} onClick={() => input.current?.click()}>
            {d.target.addFile}
          </Button>
        </div>
      )}
      {add.isPending && (
        <p className="note" role="status">
          {fill(d.application.uploading, { name: add.variables.name })}
        </p>
      )}
      {add.error && <ErrorPanel error={add.error} onRetry={() => add.mutate(add.variables)} />}
    </div>
  )
}
