import type { Clause } from '@/pattern/outcome/ClauseRef'
import type { Purse } from '@/pattern/trace/Split'
import type { TraceStep } from '@/pattern/trace/Trace'

/** Invented figures for stories and tests. */
export const HASH = '9a2fd1c4780b63e5aa41907c2f5e8d13b41f09c2664de8107a55c0be9d3e7e21'

export const clause = (path: string): Clause => ({ document: '002', path, label: { zh: `贵阳措施 ${path}`, en: `Guiyang M. ${path}` } })

const step = (key: string, zh: string, rest: Partial<TraceStep>): TraceStep => ({ key, kind: 'step', text: { zh, en: zh }, role: 'line', facts: [], ...rest })

export const steps: TraceStep[] = [
  step('1', '深度合成算法备案通过，模型一致', { kind: 'fact', clause: clause('二'), note: { zh: '网信备案 2025-03-18', en: 'Filed 2025-03-18' }, facts: [{ id: 'fact_1', label: '备案', seal: { fact: 'fact_1', leaf_hash: HASH, index: 7, log_size: 20, sealed_at: null } }] }),
  step('2', '审计确认的建设成本', { kind: 'fact', amount_fen: '1840450000', facts: [{ id: 'fact_2', label: '算力，312 笔计量与合同', amount_fen: '998640000' }, { id: 'fact_3', label: '数据采购，9 份合同', amount_fen: '841810000' }] }),
  step('3', '剔除：2 张发票已用于 2024 年场景补助', { clause: clause('八(三)'), operator: { zh: '−', en: '−' }, amount_fen: '20000000' }),
  step('4', '计入成本', { amount_fen: '1820450000', role: 'subtotal' }),
  step('5', '补助比例', { kind: 'clause', clause: clause('二'), operator: { zh: '× 30% ＝', en: '× 30% =' }, amount_fen: '546135000' }),
  step('6', '最高不超过 500 万元', { kind: 'clause', clause: clause('二'), operator: { zh: '取小', en: 'lesser of' }, amount_fen: '500000000', question: 'A4' }),
  step('7', '补差：同一事项 2024 年已得', { kind: 'ruling', clause: clause('八(三)'), operator: { zh: '−', en: '−' }, amount_fen: '31240637', question: 'A7' }),
  step('8', '应付', { amount_fen: '468759363', role: 'result', capitals: '人民币肆佰陆拾捌万柒仟伍佰玖拾叁元陆角叁分' }),
]

export const purses: Purse[] = [
  { key: 'city', name: { zh: '市级财政', en: 'City treasury' }, share: '1/2', amount_fen: '234379681', note: { zh: '贵阳市财政局 · 取整到分，余数归区', en: 'floored to the fen' }, question: 'A5' },
  { key: 'district', name: { zh: '区级财政', en: 'District treasury' }, share: '1/2', amount_fen: '234379682', note: { zh: '观山湖区财政局 · 含余数 1 分', en: 'with the odd fen' } },
]
