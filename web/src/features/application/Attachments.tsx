import './application.css'
import { Button } from 'antd'
import { useRef, useState } from 'react'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { attach } from './api'
import { may, type Application, type Wanted } from './model'

/** Files with their digests; while the form is open, also what is still wanted. */
export function Attachments({ application: a }: { application: Application }) {
  const { d, lang, say } = useLang()
  const open = may(a, 'edit')
  if (!open && a.attachments.length === 0) return null
  const labels = new Map(a.wanted.map((w) => [w.kind, say(w.label)]))
  const kinds: Wanted[] = a.wanted.length > 0 ? a.wanted : [{ kind: 'other', label: { zh: d.application.otherFile, en: d.application.otherFile }, required: false }]
  return (
    <Card title={d.application.attachments} note={d.application.attachmentsNote}>
      {a.attachments.length > 0 && (
        <ul className="lacks">
          {a.attachments.map((file) => (
            <li key={file.id}>
              {file.url ? <a href={file.url} className="break">{file.name}</a> : <span className="break">{file.name}</span>} <span className="note">{labels.get(file.kind)}</span>
              <div className="note break">
                {size(file.bytes)} · {stampTime(file.uploaded_at, lang)} · SHA-256 <span className="mono">{file.sha256.slice(0, 16)}…</span>
              </div>
            </li>
          ))}
        </ul>
      )}
      {open && (
        <div className="wanted">
          {kinds.map((w) => (
            <Upload key={w.kind} application={a} wanted={w} />
          ))}
        </div>
      )}
    </Card>
  )
}

function Upload({ application, wanted }: { application: Application; wanted: Wanted }) {
  const { d, say } = useLang()
  const input = useRef<HTMLInputElement>(null)
  const [name, setName] = useState('')
  const upload = useWrite(attach(application.id))
  const have = application.attachments.some((a) => a.kind === wanted.kind)
  return (
    <div className="wanted-row">
      <span>
        {say(wanted.label)} {!have && wanted.required && <span className="lacking">{d.application.required}</span>}
      </span>
      <input
        ref={input}
        type="file"
        className="visually-hidden"
        tabIndex={-1}
        aria-label={say(wanted.label)}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (!file) return
          setName(file.name)
          upload.mutate({ file, kind: wanted.kind })
          event.target.value = ''
        }}
      />
      <Button size="small" loading={upload.isPending} onClick={() => input.current?.click()}>
        {upload.isPending ? name : have ? d.application.uploadAnother : d.application.upload}
      </Button>
      {upload.error && <ErrorPanel error={upload.error} />}
    </div>
  )
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
