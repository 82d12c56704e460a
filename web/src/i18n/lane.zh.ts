// The green lane: what goes ahead in the lists of who works on it.
export const lane = {
  title: '绿色通道',
  note: '只改变办理的先后，不减任何步骤',
  any: '全部通道',
  green: '绿色通道',
  marked: '待确认绿色通道',
  document: '依据文件',
  clause: '条款',
  reason: '理由',
  uses: '绿色通道使用记录',
  usesNote: '每一步都留有记录，只能用新的一步解除',
  none: '还没有用过绿色通道',
  act: { mark: '申请绿色通道', confirm: '同意进入', decline: '不同意', lift: '解除绿色通道' },
  did: { mark: '申请绿色通道', confirm: '同意进入', decline: '不同意', lift: '解除' },
  now: { none: '现已不在', marked: '现待另一人确认', green: '现在通道内' },
}
