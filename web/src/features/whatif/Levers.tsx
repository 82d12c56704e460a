import { Button, Input, Slider } from 'antd'
import type { Measure, Parameter } from '@/features/policy/model'
import { useLang } from '@/i18n'
import { compare, format } from '@/money/fen'
import { Card } from '@/pattern/layout/Card'
import { ClauseRef } from '@/pattern/outcome/ClauseRef'
import { readValue, shownValue } from './model'

interface Props {
  measure: Measure
  typed: Record<string, string>
  onType: (path: string, text: string) => void
  onReset: () => void
}

/** The numbers of the rule: old → new, a slider, a field for exact values, and who may change it. */
export function Levers({ measure, typed, onType, onReset }: Props) {
  const { d } = useLang()
  const byText = measure.parameters.filter((p) => p.changed_by === 'text' && isChanged(p, typed[p.path]))
  return (
    <>
      <Card title={d.whatifPage.levers} extra={measure.clause && <ClauseRef clause={measure.clause} />}>
        <ul className="levers">
          {measure.parameters.map((p) => (
            <Lever key={p.path} parameter={p} text={typed[p.path]} onType={(text) => onType(p.path, text)} />
          ))}
        </ul>
        <Button size="small" onClick={onReset} disabled={Object.keys(typed).length === 0}>
          {d.whatifPage.reset}
        </Button>
      </Card>
      {byText.length > 0 && (
        <p className="amend">
          <b>{d.whatifPage.amend}</b> {d.whatifPage.amendNote}
        </p>
      )}
    </>
  )
}

function isChanged(p: Parameter, text: string | undefined): boolean {
  return text !== undefined && readValue(p, text) !== p.value
}

function Lever({ parameter: p, text, onType }: { parameter: Parameter; text: string | undefined; onType: (text: string) => void }) {
  const { d, say } = useLang()
  const label = say(p.label)
  const shown = text ?? shownValue(p)
  const value = readValue(p, shown)
  const scale = scaleOf(p)
  return (
    <li>
      <div className="lever-head">
        <label htmlFor={`lever-${p.path}`}>{label}</label>
        <span className="lever-values">
          {isChanged(p, text) && <span className="faint num">{p.kind === 'money' ? format(p.value) : shownValue(p)} → </span>}
          <Input id={`lever-${p.path}`} className="lever-input" size="small" value={shown} status={value === null ? 'error' : ''} aria-invalid={value === null} onChange={(e) => onType(e.target.value)} />
        </span>
      </div>
      {scale && (
        <Slider
          aria-label={label}
          ariaLabelForHandle={label}
          min={0}
          max={STEPS}
          value={value === null ? 0 : scale.position(value)}
          onChange={(at) => onType(shownValue({ ...p, value: scale.valueAt(at) }))}
          tooltip={{ open: false }}
        />
      )}
      <p className="note">
        {p.changed_by === 'guide' ? d.whatifPage.byGuide : p.changed_by === 'text' ? d.whatifPage.byText : ''} {p.clause && <ClauseRef clause={p.clause} />}
      </p>
    </li>
  )
}

const STEPS = 100

interface Scale {
  position: (value: string) => number
  valueAt: (position: number) => string
}

/** A slider from zero to twice the value in force, in whole steps; exact values go through the field. */
function scaleOf(p: Parameter): Scale | null {
  if (p.kind === 'money') {
    const top = BigInt(p.value) * 2n
    if (top === 0n) return null
    return {
      position: (value) => Number((BigInt(compare(value, top.toString()) > 0 ? top.toString() : value) * BigInt(STEPS)) / top),
      valueAt: (at) => ((top * BigInt(at)) / BigInt(STEPS)).toString(),
    }
  }
  if (p.kind === 'rate') {
    const units = hundredThousandths(p.value) * 2n
    if (units === 0n) return null
    return {
      position: (value) => Math.min(STEPS, Number((hundredThousandths(value) * BigInt(STEPS)) / units)),
      valueAt: (at) => fraction((units * BigInt(at)) / BigInt(STEPS)),
    }
  }
  if (p.kind === 'count') {
    const top = Number(p.value) * 2
    if (!top) return null
    return { position: (value) => Math.min(STEPS, Math.round((Number(value) * STEPS) / top)), valueAt: (at) => String(Math.round((top * at) / STEPS)) }
  }
  return null
}

function hundredThousandths(rate: string): bigint {
  const [whole = '0', decimals = ''] = rate.split('.')
  return BigInt(whole) * 100_000n + BigInt(decimals.padEnd(5, '0').slice(0, 5))
}

function fraction(units: bigint): string {
  const decimals = (units % 100_000n).toString().padStart(5, '0').replace(/0+$/, '')
  return `${units / 100_000n}${decimals ? `.${decimals}` : ''}`
}
