import './application.css'
import { Button } from 'antd'
import { useRef } from 'react'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { attach, detach } from './api'
import { may, type Application } from './model'

/** Files with their digests; while the form is open, files can be added and taken away. */
export function Attachments({ application: a }: { application: Application }) {
  const { d, lang } = useLang()
  const input = useRef<HTMLInputElement>(null)
  const add = useWrite(attach(a.id))
  const remove = useWrite(detach(a.id))
  const open = may(a, 'attach')
  if (!open && a.attachments.length === 0) return null
  return (
    <Card title={d.application.attachments} note={d.application.attachmentsNote}>
      <ul className="lacks">
        {a.attachments.map((file) => (
          <li key={file.id}>
            <a href={`/api/v1/applications/${a.id}/attachments/${file.id}`} className="break" download>
              {file.name}
            </a>
            {may(a, 'detach') && (
              <button type="button" className="link-button detach" disabled={remove.isPending} onClick={() => remove.mutate(file.id)} aria-label={`${d.application.detach} ${file.name}`}>
                {d.application.detach}
              </button>
            )}
            <div className="note break">
              {size(file.size)} · {stampTime(file.at, lang)} · SHA-256 <span className="mono">{file.sha256.slice(0, 16)}…</span>
            </div>
          </li>
        ))}
      </ul>
      {open && (
        <div className="wanted-row">
          <span className="note">{d.application.attachmentsHint}</span>
          <input
            ref={input}
            type="file"
            hidden
            aria-label={d.application.upload}
            onChange={(event) => {
              const file = event.target.files?.[0]
              if (file) add.mutate(file)
              event.target.value = ''
            }}
          />
          <Button disabled={add.isPending} size="small" onClick={() => input.current?.click()}>
            {d.application.upload}
          </Button>
        </div>
      )}
      {add.isPending && (
        <p className="note" role="status">
          {fill(d.application.uploading, { name: add.variables.name })}
        </p>
      )}
      {add.error && <ErrorPanel error={add.error} onRetry={() => add.mutate(add.variables)} retry={`${d.state.retry} ${add.variables.name}`} />}
      {remove.error && <ErrorPanel error={remove.error} onRetry={() => remove.mutate(remove.variables)} />}
    </Card>
  )
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
