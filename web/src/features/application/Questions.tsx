import './form.css'
import { AutoComplete, Button, Input, Select } from 'antd'
import { useState } from 'react'
import { useAttestorName } from '@/features/evidence/api'
import { fill, useLang } from '@/i18n'
import { parseYuan, plain } from '@/money/fen'
import { asked, type Draft, type Entry, type Form, type Schema } from './model'

type Declared = Draft['declared']

interface Props {
  form: Form
  declared: Declared
  /** Shows what is missing too, not only what is wrong. */
  strict: boolean
  onChange: (declared: Declared) => void
}

/** One question for each kind of fact, drawn from the schema by which the server checks the answer. */
export function Questions({ form, declared, strict, onChange }: Props) {
  const faults = new Map(form.faults.map((fault) => [fault.path, fault.text]))
  const required = form.schema.properties?.['declared']?.required ?? []
  function set(kind: string, entries: Entry[]) {
    const others = Object.fromEntries(Object.entries(declared).filter(([other]) => other !== kind))
    onChange(entries.length === 0 ? others : { ...others, [kind]: entries })
  }
  return asked(form).map(([kind, question]) => (
    <Question key={kind} kind={kind} question={question} must={required.includes(kind)} entries={declared[kind] ?? []} faults={faults} strict={strict} onChange={(entries) => set(kind, entries)} />
  ))
}

interface QuestionProps {
  kind: string
  question: Schema
  must: boolean
  entries: Entry[]
  faults: Map<string, { zh: string; en: string }>
  strict: boolean
  onChange: (entries: Entry[]) => void
}

function Question({ kind, question, must, entries, faults, strict, onChange }: QuestionProps) {
  const { d, say } = useLang()
  const attestor = useAttestorName()
  const many = (question.maxItems ?? 1) > 1
  const place = `declared.${kind}`
  // A question of one entry, or one that must be answered, begins with an empty one.
  const shown = entries.length > 0 || (many && !must) ? entries : [{}]
  const fault = faults.get(place)
  function change(i: number, entry: Entry) {
    const next = shown.map((other, j) => (i === j ? entry : other))
    onChange(next.every((e) => Object.keys(e).length === 0) ? [] : next)
  }
  return (
    <fieldset className="question" id={kind}>
      <legend>
        {say(question['x-text'])} <span className={must ? 'chip chip-lacking' : 'chip'}>{must ? d.form.must : d.form.may}</span>
      </legend>
      <p className="note">
        {question['x-where'] && fill(d.form.where, { where: say(question['x-where']) })} {fill(d.form.verifiedBy, { by: (question['x-by'] ?? []).map((by) => attestor(by)).join(d.app.listComma) })}
      </p>
      {shown.map((entry, i) => (
        <div key={i} className="entry" role="group" aria-label={many ? fill(d.form.entry, { n: i + 1 }) : say(question['x-text'])}>
          {many && shown.length > 1 && <b className="note">{fill(d.form.entry, { n: i + 1 })}</b>}
          {(question.items?.['x-order'] ?? []).map((name) => {
            const field = question.items?.properties?.[name]
            const at = `${place}[${i}].${name}`
            const said = faults.get(at)
            return field && <Answer key={name} id={at} field={field} value={entry[name]} required={question.items?.required?.includes(name) ?? false} fault={said && (strict || entry[name] !== undefined) ? say(said) : ''} onChange={(value) => change(i, without(entry, name, value))} />
          })}
          {many && entries.length > 0 && (
            <button type="button" className="link-button" onClick={() => onChange(entries.filter((_, j) => j !== i))}>
              {d.form.remove}
            </button>
          )}
        </div>
      ))}
      {fault && strict && <p className="note bad" role="alert">{say(fault)}</p>}
      {many && (
        <Button size="small" onClick={() => onChange([...shown, {}])}>
          {shown.length === 0 ? d.form.addFirst : d.form.add}
        </Button>
      )}
    </fieldset>
  )
}

/** An entry with a field set, or taken out when there is nothing in it. */
function without(entry: Entry, name: string, value: string | boolean | undefined): Entry {
  const others = Object.fromEntries(Object.entries(entry).filter(([other]) => other !== name))
  return value === undefined || value === '' ? others : { ...others, [name]: value }
}

interface AnswerProps {
  id: string
  field: Schema
  value: string | boolean | undefined
  required: boolean
  fault: string
  onChange: (value: string | boolean | undefined) => void
}

/** One field with its label, and what is wrong with it below. */
function Answer({ id, field, value, required, fault, onChange }: AnswerProps) {
  const { d, say } = useLang()
  const latest = field['x-latest']
  // A code of an open list, in words.
  const open = field.examples && typeof value === 'string' ? say(field['x-words']?.[value]) : ''
  return (
    <div className="form-row">
      <label htmlFor={id}>
        {say(field['x-text'])}
        {field['x-shape'] === 'money' && `（${d.form.yuan}）`} {!required && <span className="note">{d.form.may}</span>}
      </label>
      <div>
        <Control id={id} field={field} value={value} required={required} fault={fault} onChange={onChange} />
        {(fault || latest || open) && (
          <p id={`${id}-note`} className={fault ? 'note bad' : 'note'} role={fault ? 'alert' : undefined}>
            {fault || (latest ? fill(d.form.latest, { day: latest }) : open)}
          </p>
        )}
      </div>
    </div>
  )
}

function Control({ id, field, value, required, fault, onChange }: AnswerProps) {
  const { d, say } = useLang()
  const text = typeof value === 'string' ? value : ''
  const shared = { id, status: fault ? ('error' as const) : ('' as const), 'aria-invalid': Boolean(fault), 'aria-required': required, 'aria-describedby': fault || field['x-latest'] ? `${id}-note` : undefined }
  const words = (v: string) => say(field['x-words']?.[v]) || v
  switch (field['x-shape']) {
    case 'money':
      return <Yuan {...shared} value={text} onChange={onChange} />
    case 'yes_no':
      return <Select {...shared} allowClear placeholder={d.form.choose} value={typeof value === 'boolean' ? String(value) : null} onChange={(v) => onChange(v ? v === 'true' : undefined)} options={[{ value: 'true', label: d.form.yes }, { value: 'false', label: d.form.no }]} />
    case 'choice':
      return <Select {...shared} allowClear placeholder={d.form.choose} value={text || null} onChange={(v) => onChange(v ?? undefined)} options={(field.enum ?? []).map((v) => ({ value: v, label: words(v) }))} />
    case 'day':
    case 'future_day':
      return <Input {...shared} type="date" max={field['x-latest']} value={text} onChange={(e) => onChange(e.target.value)} />
  }
  if (!field.examples?.length) return <Input {...shared} value={text} maxLength={field.maxLength} onChange={(e) => onChange(e.target.value)} />
  const options = field.examples.map((v) => ({ value: v, label: words(v) === v ? v : `${words(v)} ${v}` }))
  return <AutoComplete {...shared} value={text} options={options} onChange={(v) => onChange(v ?? '')} showSearch={{ filterOption: (typed, option) => String(option?.label ?? '').includes(typed) || options.some((o) => o.value === typed) }} />
}

const FEN = /^[1-9][0-9]*$/
const shown = (value: string) => (FEN.test(value) ? plain(value) : value)
/** What is no amount stays as it was typed, for the server to say so. */
const fenOf = (text: string) => parseYuan(text) ?? text

/** Yuan on the page, whole fen in the answer. What is being typed is never rewritten. */
function Yuan({ value, onChange, ...shared }: { id: string; status: '' | 'error'; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState('')
  return (
    <Input
      {...shared}
      inputMode="decimal"
      className="num"
      value={fenOf(typed) === value ? typed : shown(value)}
      onChange={(e) => {
        setTyped(e.target.value)
        onChange(fenOf(e.target.value))
      }}
    />
  )
}
