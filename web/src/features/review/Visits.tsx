import { Button, Checkbox, Input } from 'antd'
import { useId, useRef, useState } from 'react'
import { useWrite } from '@/api/write'
import { tableDate } from '@/calendar/date'
import { TextField } from '@/features/session/TextField'
import { fill, useLang } from '@/i18n'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { addVisitFile, recordVisit, type CaseReview } from './api'

/** Visits to the applicant's site, and the form that records one. */
export function Visits({ id, review: r, office }: { id: string; review: CaseReview; office: boolean }) {
  const { d, lang } = useLang()
  const w = d.review
  const [open, setOpen] = useState(false)
  return (
    <Card title={w.visits}>
      {r.visits.length === 0 && <p className="note">{w.noVisits}</p>}
      <ul className="lacks">
        {r.visits.map((v) => (
          <li key={v.id}>
            <b className="num">{tableDate(v.on, lang)}</b> {v.place} <span className={`chip ${v.sound ? 'chip-eligible' : 'chip-bad'}`}>{v.sound ? w.sound : w.unsound}</span>
            <p>{v.findings}</p>
            {v.files.map((f) => (
              <a key={f.id} className="break" href={`/api/v1/applications/${id}/visit-files/${f.id}`} download>
                {f.name}
              </a>
            ))}
            <div className="note">{v.visitors.join(d.app.listComma)}</div>
          </li>
        ))}
      </ul>
      {office && !open && (
        <Button size="small" onClick={() => setOpen(true)}>
          {w.visitGo}
        </Button>
      )}
      {open && <Form id={id} onDone={() => setOpen(false)} />}
    </Card>
  )
}

function Form({ id, onDone }: { id: string; onDone: () => void }) {
  const { d } = useLang()
  const w = d.review
  const field = useId()
  const input = useRef<HTMLInputElement>(null)
  const [form, setForm] = useState({ on: '', place: '', visitors: '', findings: '', sound: true })
  const [files, setFiles] = useState<{ id: string; name: string }[]>([])
  const send = useWrite(recordVisit(id), onDone)
  const upload = useWrite(addVisitFile(id), (file) => setFiles((all) => [...all, file]))
  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }))
  const visitors = form.visitors.split(/[、,，;；]/).map((v) => v.trim()).filter(Boolean)
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        send.mutate({ on: form.on, place: form.place.trim(), visitors, findings: form.findings.trim(), sound: form.sound, files: files.map((f) => f.id) })
      }}
    >
      <div className="field">
        <label htmlFor={`${field}-on`}>{w.held}</label>
        <Input id={`${field}-on`} type="date" value={form.on} onChange={(e) => set({ on: e.target.value })} />
      </div>
      <TextField name="visit-place" label={w.place} value={form.place} onChange={(place) => set({ place })} />
      <TextField name="visitors" label={w.visitors} value={form.visitors} onChange={(value) => set({ visitors: value })} />
      <div className="field">
        <label htmlFor={field}>{w.findings}</label>
        <Input.TextArea id={field} autoSize={{ minRows: 2 }} maxLength={5000} value={form.findings} onChange={(e) => set({ findings: e.target.value })} />
      </div>
      <Checkbox checked={form.sound} onChange={(e) => set({ sound: e.target.checked })}>
        {w.sound}
      </Checkbox>
      <div className="row">
        <input
          ref={input}
          type="file"
          hidden
          aria-label={w.addFile}
          onChange={(event) => {
            const file = event.target.files?.[0]
            if (file) upload.mutate(file)
            event.target.value = ''
          }}
        />
        <Button size="small" disabled={upload.isPending} onClick={() => input.current?.click()}>
          {w.addFile}
        </Button>
        <span className="note">{upload.isPending ? fill(d.application.uploading, { name: upload.variables.name }) : files.map((f) => f.name).join(d.app.listComma)}</span>
      </div>
      {(send.error ?? upload.error) && <ErrorPanel error={send.error ?? upload.error} />}
      <div className="row">
        <Button type="primary" htmlType="submit" disabled={send.isPending || !form.on || !form.place.trim() || visitors.length < 2 || !form.findings.trim()}>
          {w.visitGo}
        </Button>
        <Button onClick={onDone}>{d.app.cancel}</Button>
      </div>
    </form>
  )
}
