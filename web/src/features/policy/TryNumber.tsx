import { useQuery } from '@tanstack/react-query'
import { Input, Select } from 'antd'
import { useDeferredValue, useState } from 'react'
import { useLang } from '@/i18n'
import { parseYuan, plain } from '@/money/fen'
import { Money } from '@/pattern/money/Money'
import { OutcomeChip } from '@/pattern/outcome/Outcome'
import { ErrorPanel } from '@/pattern/state/states'
import { tryMeasure } from './api'
import type { Measure, TryInput } from './model'

/** Type a number and read what the rule gives. The server's engine answers; nothing is computed here. */
export function TryNumber({ measure }: { measure: Measure }) {
  const { d, say } = useLang()
  const [typed, setTyped] = useState<Record<string, string>>({})
  const settled = useDeferredValue(typed)
  const inputs = read(measure.inputs, settled)
  const complete = inputs !== null && measure.inputs.every((i) => i.kind !== 'money' || inputs[i.path])
  const result = useQuery({ queryKey: ['try', measure.id, inputs], queryFn: () => tryMeasure(measure.id, inputs ?? {}), enabled: complete, placeholderData: (previous) => previous })
  return (
    <>
      <h3 className="rule-sub">{d.policy.try}</h3>
      <div className="try">
        <div className="try-inputs">
          {measure.inputs.map((input) =>
            input.kind === 'choice' ? (
              <Select key={input.path} aria-label={say(input.label)} value={typed[input.path] ?? null} placeholder={say(input.label)} options={input.choices.map((c) => ({ value: c.value, label: say(c.label) }))} onChange={(v) => setTyped({ ...typed, [input.path]: v ?? '' })} />
            ) : (
              <label key={input.path}>
                {say(input.label)}
                <Input
                  prefix={input.kind === 'money' ? <span className="faint">¥</span> : undefined}
                  inputMode={input.kind === 'money' ? 'decimal' : 'text'}
                  value={typed[input.path] ?? ''}
                  status={input.kind === 'money' && typed[input.path] && parseYuan(typed[input.path] ?? '') === null ? 'error' : ''}
                  onChange={(e) => setTyped({ ...typed, [input.path]: e.target.value })}
                />
              </label>
            ),
          )}
        </div>
        <span aria-hidden="true">→</span>
        <output className="try-result">
          {!complete || !result.data ? <span className="faint">{d.policy.tryHint}</span> : result.data.amount_fen !== null ? <Money fen={result.data.amount_fen} /> : <OutcomeChip outcome={result.data.outcome} />}
        </output>
      </div>
      {complete && result.isError && <ErrorPanel error={result.error} unchanged="" />}
    </>
  )
}

/** The typed values as the server takes them, or null while one is no amount. */
function read(inputs: TryInput[], typed: Record<string, string>): Record<string, string> | null {
  const values: Record<string, string> = {}
  for (const input of inputs) {
    const text = typed[input.path]?.trim() ?? ''
    if (!text) continue
    if (input.kind !== 'money') values[input.path] = text
    else {
      const fen = parseYuan(text)
      if (fen === null) return null
      values[input.path] = plain(fen)
    }
  }
  return values
}
