import { Button, Input, Select } from 'antd'
import { useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { useWrite } from '@/api/write'
import { fill, useLang } from '@/i18n'
import { parseYuan } from '@/money/fen'
import { ActForm, Field } from '@/pattern/form/Form'
import { Card } from '@/pattern/layout/Card'
import { ErrorPanel } from '@/pattern/state/states'
import { describe, upload, type Project } from './api'

type File_ = Project['file']
interface Line {
  name: string
  use: File_['costs'][number]['use']
  yuan: string
  invoice: string
}

const LINE: Line = { name: '', use: 'model', yuan: '', invoice: '' }

/** Describes a project once: what it is, what it costs, how much is sought. */
export function Describe({ org }: { org: string }) {
  const { d } = useLang()
  const w = d.project
  const go = useNavigate()
  const [form, setForm] = useState({ name: '', place: '520100', stage: 'start_up' as File_['stage'], instruments: ['equity'], yuan: '' })
  const [lines, setLines] = useState<Line[]>([LINE])
  const set = (change: Partial<typeof form>) => setForm((f) => ({ ...f, ...change }))
  const change = (at: number, line: Partial<Line>) => setLines((all) => all.map((one, i) => (i === at ? { ...one, ...line } : one)))
  const send = useWrite(describe(org), (made) => void go(`/projects/${made.id}`))
  const sought = parseYuan(form.yuan)
  const costs = lines.map((line, i) => ({ id: `c${i + 1}`, name: line.name.trim(), use: line.use, amount_fen: parseYuan(line.yuan) ?? '0', ...(line.invoice ? { invoice: line.invoice } : {}) }))
  return (
    <Card title={w.describe}>
      <ActForm
        label={w.describe}
        error={send.error}
        pending={send.isPending}
        ready={form.name.trim() !== '' && sought !== null && form.instruments.length > 0 && lines.every((line) => line.name.trim() !== '' && parseYuan(line.yuan) !== null)}
        onSubmit={() => send.mutate({ name: form.name.trim(), place: form.place.trim(), stage: form.stage, instruments: form.instruments as File_['instruments'], sought_fen: sought ?? '0', costs })}
      >
        <Field label={w.name} value={form.name} onChange={(name) => set({ name })} />
        <Field label={w.place} mono value={form.place} onChange={(place) => set({ place })} />
        <Select className="full" aria-label={w.stageLabel} value={form.stage} onChange={(stage) => set({ stage })} options={Object.entries(w.stage).map(([value, label]) => ({ value: value as File_['stage'], label }))} />
        <Select className="full" mode="multiple" aria-label={w.instruments} value={form.instruments} onChange={(instruments) => set({ instruments })} options={Object.entries(w.instrument).map(([value, label]) => ({ value, label }))} />
        <Field label={w.sought} value={form.yuan} onChange={(yuan) => set({ yuan })} />
        <fieldset className="field">
          <legend>{w.costs}</legend>
          {lines.map((line, i) => (
            <div key={i} className="stack">
              <Input aria-label={`${w.line} ${i + 1}`} placeholder={w.line} value={line.name} onChange={(e) => change(i, { name: e.target.value })} />
              <div className="row">
                <Select aria-label={`${w.costUse} ${i + 1}`} className="filter-state" value={line.use} onChange={(use) => change(i, { use })} options={Object.entries(w.use).map(([value, label]) => ({ value: value as Line['use'], label }))} />
                <Input aria-label={`${w.yuan} ${i + 1}`} inputMode="decimal" placeholder={w.yuan} value={line.yuan} onChange={(e) => change(i, { yuan: e.target.value })} />
              </div>
              <Invoice hash={line.invoice} label={`${w.invoice} ${i + 1}`} onKept={(invoice) => change(i, { invoice })} />
            </div>
          ))}
          <Button size="small" onClick={() => setLines((all) => [...all, LINE])}>
            {w.addCost}
          </Button>
        </fieldset>
      </ActForm>
    </Card>
  )
}

function Invoice({ hash, label, onKept }: { hash: string; label: string; onKept: (hash: string) => void }) {
  const { d } = useLang()
  const w = d.project
  const input = useRef<HTMLInputElement>(null)
  const send = useWrite(upload, (paper) => onKept(paper.sha256))
  return (
    <div>
      <input
        ref={input}
        type="file"
        hidden
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0]
          if (file) send.mutate(file)
          event.target.value = ''
        }}
      />
      <Button size="small" disabled={send.isPending} onClick={() => input.current?.click()}>
        {w.invoice}
      </Button>{' '}
      {hash !== '' && <span className="note mono">{fill(w.invoiceKept, { hash: hash.slice(0, 12) })}</span>}
      {send.error && <ErrorPanel error={send.error} />}
    </div>
  )
}
