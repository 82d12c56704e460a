import { Button, Input, Slider } from 'antd'
import type { Measure, Parameter } from '@/features/policy/model'
import { useLang } from '@/i18n'
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
          {isChanged(p, text) && <span className="faint num">{shownValue(p)} → </span>}
          {p.kind === 'money' && <span className="faint">¥ </span>}
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
      {p.phrase && (
        <q className="song lever-phrase" lang="zh-CN">
          {p.phrase}
        </q>
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

/** A slider over the range that the rule pack allows, in whole steps; exact values go through the field. */
function scaleOf(p: Parameter): Scale | null {
  const low = units(p.kind, p.min)
  const span = units(p.kind, p.max) - low
  if (span <= 0n) return null
  return {
    position: (value) => clamp(Number(((units(p.kind, value) - low) * BigInt(STEPS)) / span)),
    valueAt: (at) => fromUnits(p.kind, low + (span * BigInt(at)) / BigInt(STEPS)),
  }
}

const clamp = (position: number) => Math.min(STEPS, Math.max(0, position))

/** Whole numbers to slide over: fen, ten-thousandths of a rate, pieces. */
function units(kind: Parameter['kind'], value: string): bigint {
  if (kind !== 'rate') return BigInt(value)
  const [whole = '0', decimals = ''] = value.split('.')
  return BigInt(whole) * 10_000n + BigInt(decimals.padEnd(4, '0').slice(0, 4))
}

function fromUnits(kind: Parameter['kind'], value: bigint): string {
  if (kind === 'money') return ((value / 100_000n) * 100_000n).toString() // a slider moves by 1,000 yuan
  if (kind === 'count') return value.toString()
  const decimals = (value % 10_000n).toString().padStart(4, '0').replace(/0+$/, '')
  return `${value / 10_000n}${decimals ? `.${decimals}` : ''}`
}
