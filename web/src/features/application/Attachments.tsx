import './application.css'
import { Button } from 'antd'
import { useRef } from 'react'
import { useWrite } from '@/api/write'
import { stampTime } from '@/calendar/date'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { attach, detach } from './api'
import { may, wanted, type Application, type Attachment } from './model'

/** The call's papers first, each with its files; then whatever else was attached. While the form is open, files come and go. */
export function Attachments({ application: a }: { application: Application }) {
  const { d } = useLang()
  const open = may(a, 'attach')
  const papers = wanted(a)
  const others = a.attachments.filter((file) => !papers.some((paper) => paper.id === file.evidence))
  if (!open && a.attachments.length === 0) return null
  return (
    <Card title={d.application.attachments} note={d.application.attachmentsNote}>
      {papers.length > 0 && (
        <ul className="lacks" id="evidence" aria-label={d.application.paper}>
          {papers.map((paper) => (
            <Paper key={paper.id} application={a} paper={paper} open={open} />
          ))}
        </ul>
      )}
      <Files application={a} files={others} />
      {open && <Add application={a} evidence="" hint={d.application.attachmentsHint} label={d.application.upload} />}
    </Card>
  )
}

/** One paper that the call asks for. */
function Paper({ application, paper, open }: { application: Application; paper: ReturnType<typeof wanted>[number]; open: boolean }) {
  const { d, say } = useLang()
  return (
    <li>
      <b>{say(paper.name)}</b> <span className="note">{paper.required ? d.application.required : d.application.optional}</span>
      <Files application={application} files={paper.files} />
      {paper.files.length === 0 && !open && <p className="note">{d.application.missing}</p>}
      {open && <Add application={application} evidence={paper.id} hint={paper.files.length === 0 ? d.application.missing : ''} label={`${d.application.upload} ${say(paper.name)}`} />}
    </li>
  )
}

function Files({ application: a, files }: { application: Application; files: Attachment[] }) {
  const { d, lang } = useLang()
  const remove = useWrite(detach(a.id))
  if (files.length === 0) return null
  return (
    <>
      <ul className="lacks">
        {files.map((file) => (
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
      {remove.error && <ErrorPanel error={remove.error} onRetry={() => remove.mutate(remove.variables)} />}
    </>
  )
}

/** Adds a file, for one of the call's papers or for none. */
function Add({ application, evidence, hint, label }: { application: Application; evidence: string; hint: string; label: string }) {
  const { d } = useLang()
  const input = useRef<HTMLInputElement>(null)
  const add = useWrite(attach(application.id))
  return (
    <>
      <div className="wanted-row">
        <span className="note">{hint}</span>
        <input
          ref={input}
          type="file"
          hidden
          aria-label={label}
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file) add.mutate({ file, evidence })
            event.target.value = ''
          }}
        />
        <Button disabled={add.isPending} size="small" aria-label={label} onClick={() => input.current?.click()}>
          {d.application.upload}
        </Button>
      </div>
      {add.isPending && (
        <p className="note" role="status">
          {fill(d.application.uploading, { name: add.variables.file.name })}
        </p>
      )}
      {add.error && <ErrorPanel error={add.error} onRetry={() => add.mutate(add.variables)} retry={`${d.state.retry} ${add.variables.file.name}`} />}
    </>
  )
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
