import { Button, Checkbox, InputNumber } from 'antd'
import { useId, useRef, useState } from 'react'
import { useWrite } from '@/api/write'
import { fill, useLang } from '@/i18n'
import { ErrorPanel } from '@/pattern/state/states'
import { ActForm, Words } from '@/pattern/form/Form'
import { addFacts, addPaper, cite, notify, plain, speak, type Plain } from './api'
import { ClauseChoice, FactsChoice } from './Choices'
import type { Recovery } from './model'

const ENDS: Plain[] = ['drop', 'revoke', 'send_back']

/** A step with nothing but a reason. */
export function StepForm({ recovery: r, step }: { recovery: Recovery; step: Plain }) {
  const { d } = useLang()
  const w = d.recovery
  const [reason, setReason] = useState('')
  const send = useWrite(plain(r.id, step))
  const label = step === 'prove' ? w.finding : step === 'hear' ? w.reply : w.reason
  return (
    <ActForm label={w.go[step]} error={send.error} pending={send.isPending} ready={reason.trim() !== ''} danger={ENDS.includes(step)} onSubmit={() => send.mutate({ revision: r.revision, reason: reason.trim() })}>
      <Words label={label} hint={w.reasonHint} value={reason} onChange={setReason} />
    </ActForm>
  )
}

export function CiteForm({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const [form, setForm] = useState({ words: r.law.words, document: r.law.document, clause: r.law.clause, reason: '' })
  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }))
  const send = useWrite(cite(r.id))
  return (
    <ActForm
      label={w.go.cite}
      error={send.error}
      pending={send.isPending}
      ready={form.reason.trim() !== '' && (form.document === '' || form.clause !== '')}
      onSubmit={() => send.mutate({ revision: r.revision, reason: form.reason.trim(), authority: { words: form.words.trim(), document: form.document, clause: form.clause } })}
    >
      <Words label={w.words} hint={w.wordsHint} rows={2} value={form.words} onChange={(words) => set({ words })} />
      <ClauseChoice document={form.document} clause={form.clause} onChange={set} />
      <Words label={w.reason} hint={w.reasonHint} rows={2} value={form.reason} onChange={(reason) => set({ reason })} />
    </ActForm>
  )
}

export function AddForm({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const [facts, setFacts] = useState<string[]>([])
  const [reason, setReason] = useState('')
  const send = useWrite(addFacts(r.id), () => {
    setFacts([])
    setReason('')
  })
  return (
    <>
      <Upload id={r.id} />
      <ActForm label={w.go.add} error={send.error} pending={send.isPending} ready={facts.length > 0 && reason.trim() !== ''} onSubmit={() => send.mutate({ revision: r.revision, reason: reason.trim(), facts })}>
        <FactsChoice org={r.org} taken={r.facts} value={facts} onChange={setFacts} />
        <Words label={w.reason} hint={w.reasonHint} rows={2} value={reason} onChange={setReason} />
      </ActForm>
    </>
  )
}

function Upload({ id }: { id: string }) {
  const { d } = useLang()
  const w = d.recovery
  const input = useRef<HTMLInputElement>(null)
  const upload = useWrite(addPaper(id))
  return (
    <div>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={w.upload}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) upload.mutate(file)
          event.target.value = ''
        }}
      />
      <Button disabled={upload.isPending} onClick={() => input.current?.click()}>
        {upload.isPending ? fill(d.application.uploading, { name: upload.variables.name }) : w.upload}
      </Button>
      {upload.error && <ErrorPanel error={upload.error} />}
    </div>
  )
}

export function NoticeForm({ recovery: r }: { recovery: Recovery }) {
  const { d, say } = useLang()
  const w = d.recovery
  const id = useId()
  const least = r.hearing.least_days
  const [text, setText] = useState('')
  const [days, setDays] = useState(least)
  const [listing, setListing] = useState(false)
  const send = useWrite(notify(r.id))
  return (
    <ActForm label={w.go.notify} error={send.error} pending={send.isPending} ready={text.trim() !== ''} onSubmit={() => send.mutate({ revision: r.revision, reason: text.trim(), days, listing })}>
      <Words label={w.notice} value={text} onChange={setText} />
      <div className="field">
        <label htmlFor={id}>{w.days}</label>
        <InputNumber id={id} min={least} max={60} value={days} onChange={(n) => setDays(n ?? least)} />
        <p className="note">
          {fill(w.leastDays, { n: least, source: say(r.hearing.source) })}
          {!r.hearing.confirmed && <b className="bad"> {w.unconfirmed}</b>}
        </p>
      </div>
      {r.ground === 'fraud' && (
        <Checkbox checked={listing} onChange={(e) => setListing(e.target.checked)}>
          {w.mayList}
        </Checkbox>
      )}
    </ActForm>
  )
}

/** The party speaks: in its own words and with papers, or says that it has nothing to object. */
export function StatementForm({ recovery: r }: { recovery: Recovery }) {
  const { d } = useLang()
  const w = d.recovery
  const [text, setText] = useState(r.statement?.text ?? '')
  const [waived, setWaived] = useState(r.statement?.waived ?? false)
  const send = useWrite(speak(r.id))
  return (
    <>
      <ActForm label={w.go.state} error={send.error} pending={send.isPending} ready={waived || text.trim() !== ''} onSubmit={() => send.mutate({ text: text.trim(), waived })}>
        <Words label={w.statementLabel} rows={4} value={text} onChange={setText} />
        <Checkbox checked={waived} onChange={(e) => setWaived(e.target.checked)}>
          {w.noObjection}
        </Checkbox>
      </ActForm>
      <Upload id={r.id} />
    </>
  )
}
