//! Which extended resources of a node are GPUs (PS 9.2).

/// Keys that count GPUs or shares of them: those of PS 9.2, and what the Kubernetes documentation names
/// under "Schedule GPUs".
const KEYS: [&str; 8] = [
    "nvidia.com/gpu",
    "nvidia.com/gpu.shared",
    "nvidia.com/vgpu",
    "amd.com/gpu",
    "gpu.intel.com/i915",
    "gpu.intel.com/xe",
    "iluvatar.ai/vcuda-core",
    "cambricon.com/mlu",
];

/// The same, of families whose keys name a profile or a model.
const FAMILIES: [&str; 4] =
    ["nvidia.com/mig-", "huawei.com/Ascend", "cambricon.com/mlu.share", "cambricon.com/mlu.mim-"];

/// Whether a resource of a node counts GPUs. Memory and cores of GPUs are no GPUs.
pub fn is_gpu(key: &str) -> bool {
    KEYS.contains(&key) || FAMILIES.iter().any(|family| key.starts_with(family)) && !key.ends_with("-memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gpus_and_what_only_looks_like_one() {
        for (key, expected) in [
            ("nvidia.com/gpu", true),
            ("nvidia.com/vgpu", true),
            ("nvidia.com/mig-4g.20gb", true),
            ("huawei.com/Ascend910", true),
            ("huawei.com/Ascend310P-2c", true),
            ("huawei.com/Ascend910-memory", false),
            ("cambricon.com/mlu", true),
            ("cambricon.com/mlu.mim-2m.8gb", true),
            ("cambricon.com/mlu.smlu.vmemory", false),
            ("iluvatar.ai/vcuda-core", true),
            ("iluvatar.ai/vcuda-memory", false),
            ("amd.com/gpu", true),
            ("nvidia.com/gpumem", false),
            ("nvidia.com/gpucores", false),
            ("nvidia.com/gpumem-percentage", false),
            ("cpu", false),
            ("hugepages-2Mi", false),
            ("example.com/gpu", false),
        ] {
            assert_eq!(is_gpu(key), expected, "{key}");
        }
    }
}
